"""Change the sharing basis of a leg: consent arrives later, or the person takes it back."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import Leg
from services.referral.domain.holding import Standing
from services.referral.domain.sharing import (
    CONSENT,
    Sharing,
    allowed_sharing,
    on_basis,
    stands,
    without_consent,
)
from services.referral.domain.sight import sees_leg
from services.referral.usecases.acting import (
    Acting,
    happened,
    leg_words,
    moment_of,
    not_found,
    note_act,
)
from services.referral.usecases.follow_milestones import refuse_unoffered
from services.referral.usecases.turns import finish, lock_leg, whole
from shared.contracts import SharingBasisChangedV1
from shared.errors import Conflict, InvalidInput
from shared.japanese_time import japanese_day


async def change_basis(
    connection: AsyncConnection,
    leg_id: UUID,
    *,
    basis: str,
    authorised_by: str | None,
    expires_on: date | None,
    at: datetime | None,
    acting: Acting,
) -> Leg:
    """Put the leg on another basis, or consent on another term; `expires_on` is its last day.

    What the receiver sees changes from now on. Raises InvalidInput for a basis that is not there
    or not offered yet, and for a term on anything but consent or in the past.
    """
    before = await _take(connection, leg_id, Sharing.CHANGE, acting)
    if basis not in acting.plan.codes["basis"]:
        detail = "共有の根拠を選んでください。"
        raise InvalidInput.field("basis", code="unknown-code", detail=detail)
    await refuse_unoffered(connection, basis, acting.plan, acting.now)
    if expires_on is not None and basis != CONSENT:
        detail = "期限は、本人同意のときだけ書けます。"
        raise InvalidInput.field("expires_on", code="not-consent", detail=detail)
    if expires_on is not None and expires_on < japanese_day(acting.now):
        detail = "期限は今日かそれより後の日にしてください。"
        raise InvalidInput.field("expires_on", code="in-the-past", detail=detail)
    leg = before.leg(leg_id)
    moment = moment_of(at, acting.now, leg.consent_withdrawn_at or leg.offered_at)
    after = on_basis(leg, basis, authorised_by or acting.plan.staff_of(acting.agency), expires_on)
    await note_act(
        connection,
        before.case.id,
        str(Sharing.CHANGE),
        moment,
        acting,
        leg_id=leg_id,
        before=leg.basis,
        basis=basis,
        authorised_by=after.authorised_by,
        expires_on=None if expires_on is None else expires_on.isoformat(),
    )
    return await _store(connection, before, after, moment, acting)


async def withdraw_consent(
    connection: AsyncConnection,
    leg_id: UUID,
    *,
    reason: str | None,
    at: datetime | None,
    acting: Acting,
) -> Leg:
    """The person took consent back: from now on the receiver sees its own record only."""
    before = await _take(connection, leg_id, Sharing.WITHDRAW, acting)
    leg = before.leg(leg_id)
    moment = moment_of(at, acting.now, leg.offered_at)
    await note_act(
        connection,
        before.case.id,
        str(Sharing.WITHDRAW),
        moment,
        acting,
        leg_id=leg_id,
        basis=leg.basis,
        reason=reason,
    )
    return await _store(connection, before, without_consent(leg, moment), moment, acting)


async def _take(
    connection: AsyncConnection, leg_id: UUID, action: Sharing, acting: Acting
) -> Standing:
    """The case, locked; NotFound for one who is no party, Conflict where this may not be done."""
    standing = await lock_leg(connection, leg_id)
    coordinator = acting.plan.coordinator
    case, legs, leg = standing.case, standing.legs, standing.leg(leg_id)
    if not sees_leg(acting.agency, case, legs, leg, coordinator):
        raise not_found()
    standing = await whole(connection, standing, acting)
    allowed = allowed_sharing(acting.agency, case, leg, coordinator)
    if action not in allowed:
        detail = (
            "共有の根拠を変えられるのは、送り手・主担当・調整役です。"
            if action is Sharing.CHANGE
            else "本人同意にもとづくつなぎで、同意がまだあるときだけ取り下げられます。"
        )
        raise Conflict("not-now", detail, extra={"allowed": [str(name) for name in allowed]})
    return standing


async def _store(
    connection: AsyncConnection, before: Standing, leg: Leg, moment: datetime, acting: Acting
) -> Leg:
    words = leg_words(before.case, leg)
    data = SharingBasisChangedV1(
        **words, basis=leg.basis, stands=stands(leg, japanese_day(acting.now))
    )
    told = [happened(before.case, data, moment, acting)]
    kept = await finish(connection, before, before.with_legs(leg), told, moment, acting)
    return kept.leg(leg.id)
