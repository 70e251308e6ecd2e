"""受入停止: an agency takes no offers for a while, and a substitute desk takes them instead."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from uuid_utils.compat import uuid7

from services.referral.domain.agency_life import AgencyDay, Door, Pause, pause_faults, reoffered
from services.referral.domain.case import Leg, LegState
from services.referral.domain.holding import after_end
from services.referral.domain.one_leg import asked_twice
from services.referral.storage import agencies, cases
from services.referral.usecases.acting import Acting, happened, leg_words, note_act
from services.referral.usecases.make_one import make_one
from services.referral.usecases.offer_referrals import offered_event
from services.referral.usecases.turns import finish
from shared.contracts import ReferralWithdrawnV1
from shared.database import SERVICE, transaction
from shared.errors import Conflict, Forbidden, InvalidInput
from shared.identity.principal import Role
from shared.japanese_time import japanese_day

#: So many legs are read at a time; each is moved in a transaction of its case.
BATCH = 200


def _check_may(agency: str, acting: Acting) -> None:
    """Its own agency accounts may, and the coordinator."""
    own = acting.agency == agency and acting.principal.role is Role.AGENCY
    if not own and acting.agency != acting.plan.coordinator:
        detail = "受け入れの停止は、その機関か調整役のアカウントでしてください。"
        raise Forbidden("forbidden", detail)
    if agency not in acting.plan.agencies:
        raise InvalidInput.field("agency", code="unknown-agency", detail="一覧にない機関です。")


async def pause_agency(
    connection: AsyncConnection,
    agency: str,
    *,
    first: date | None,
    last: date | None,
    substitute: str,
    reason: str,
    acting: Acting,
) -> Pause:
    """Store a pause; without `first` it begins today. `move_offers` then brings its offers over.

    Raises InvalidInput that names the fields, Conflict where a pause of it holds in that time.
    """
    _check_may(agency, acting)
    await agencies.set_alone(connection)
    today = japanese_day(acting.now)
    day = await agencies.on_day(connection, acting.plan, today)
    planned = await agencies.planned_pauses(connection, today)
    begins = first or today
    others = [one for one in planned if one.agency != agency]
    faults = pause_faults(day, agency, substitute, begins, last, others)
    if faults:
        raise InvalidInput("invalid-input", "入力の内容をご確認ください。", errors=faults)
    if any(one.agency == agency and one.overlaps(begins, last) for one in planned):
        detail = "この期間には、すでに受け入れの停止があります。いったん終えてから直してください。"
        raise Conflict("already-paused", detail, extra={"allowed": []})
    pause = Pause(uuid7(), agency, begins, last, substitute, reason, acting.agency)
    await agencies.add_pause(connection, pause, acting.now)
    return pause


async def end_pause(connection: AsyncConnection, agency: str, acting: Acting) -> None:
    """Take offers again from now on. What a substitute was asked stays with the substitute."""
    _check_may(agency, acting)
    today = japanese_day(acting.now)
    if not await agencies.end_pauses(connection, agency, today, acting.now):
        raise Conflict("not-paused", "受け入れの停止はありません。", extra={"allowed": []})


async def show_pauses(connection: AsyncConnection, acting: Acting) -> list[Pause]:
    """The pauses that hold today or later: everybody's for the coordinator, else one's own."""
    planned = await agencies.planned_pauses(connection, japanese_day(acting.now))
    everybody = acting.agency == acting.plan.coordinator
    return [one for one in planned if everybody or one.agency == acting.agency]


async def move_offers(engine: AsyncEngine, acting: Acting, *, of: str | None = None) -> int:
    """Offer what waits at paused agencies to their substitutes; how many legs were moved.

    Each case is a transaction of its own; run again, it moves what came since. A substitute that
    has the case before it already is not asked again; the leg is taken back. A leg that nobody
    else can take stays where it is, and its term goes on.
    """
    async with transaction(engine, SERVICE) as connection:
        day = await agencies.on_day(connection, acting.plan, japanese_day(acting.now))
    paused = [name for name in day.pauses if of in (None, name)]
    moved, after = 0, None
    while paused:
        async with transaction(engine, SERVICE) as connection:
            found = await agencies.offered_to(connection, paused, after=after, most=BATCH)
        for leg_id, case_id in found:
            async with transaction(engine, SERVICE) as connection:
                moved += await _move(connection, case_id, leg_id, day, acting)
        if len(found) < BATCH:
            break
        after = found[-1][0]
    return moved


async def _move(
    connection: AsyncConnection, case_id: UUID, leg_id: UUID, day: AgencyDay, acting: Acting
) -> bool:
    before = await cases.standing(connection, case_id, lock=True)
    if before is None:
        return False
    leg = before.leg(leg_id)
    if leg.state is not LegState.OFFERED or day.door(leg.receiver) is not Door.PAUSED:
        return False
    desk = day.desk_for(leg.receiver, leg.sender)
    if desk is None:
        return False
    at = max(acting.now, leg.acted_at)
    ended, new = reoffered(before.case, leg, desk, uuid7(), acting.plan, at)
    after = after_end(before, ended)
    await note_act(
        connection, case_id, "paused", at, acting, leg_id=leg.id, agency=leg.receiver, to=desk
    )
    words = leg_words(before.case, ended)
    events = [happened(before.case, ReferralWithdrawnV1(**words), at, acting)]
    if not asked_twice(desk, after.legs, lead=new.lead):
        after = replace(after, legs=(*after.legs, new))
        events.append(offered_event(before.case, new, acting))
        await _note_offer(connection, new, at, acting)
        after, told = await make_one(connection, after, desk, at, acting)
        events += told
    await finish(connection, before, after, events, at, acting)
    return True


async def _note_offer(connection: AsyncConnection, new: Leg, at: datetime, acting: Acting) -> None:
    await note_act(
        connection,
        new.case_id,
        "offer",
        at,
        acting,
        leg_id=new.id,
        to=new.receiver,
        lead=new.lead,
        basis=new.basis,
        instead_of=new.instead_of,
    )
