"""Offer legs of a case: from the counter's request, from a case page, or by handing on."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from services.referral.domain.agency_life import redirected
from services.referral.domain.case import (
    Case,
    Leg,
    LegState,
    open_lead,
    pending_hand_on,
)
from services.referral.domain.holding import Standing, hold_by_coordinator
from services.referral.domain.offering import Offer, legs_of_offer
from services.referral.domain.one_leg import asked_twice
from services.referral.domain.transitions import (
    Action,
    CaseAction,
    Hindrance,
    allowed_case_actions,
)
from services.referral.storage import agencies
from services.referral.usecases.acting import (
    Acting,
    happened,
    leg_words,
    moment_of,
    note_act,
    note_bound,
)
from services.referral.usecases.check_offer import (
    check_offer,
    refuse_twice,
    refuse_unexplained,
    refuse_without_consent,
)
from services.referral.usecases.follow_milestones import refuse_unoffered
from services.referral.usecases.make_one import make_one
from services.referral.usecases.turns import allowed_now, finish, take_case_turn, take_turn
from shared.contracts import ReferralOfferedV1, ReferralReturnedV1, UnmetNeedRecordedV1
from shared.errors import Conflict
from shared.japanese_time import japanese_day
from shared.messaging.event import Event

#: The return reason of a leg to an agency that has the case before it already.
_ALREADY_SUPPORTING = "already-supporting"


def offered_event(case: Case, leg: Leg, acting: Acting, *, again: bool = False) -> Event:
    """The event of an offered leg."""
    data = ReferralOfferedV1(
        **leg_words(case, leg), basis=leg.basis, mode=leg.mode, due_at=leg.due_at, again=again
    )
    return happened(case, data, leg.acted_at, acting)


async def store_offer(
    connection: AsyncConnection,
    before: Standing,
    base: Standing,
    offer: Offer,
    acting: Acting,
    *,
    continues: UUID | None = None,
    events: Sequence[Event] = (),
) -> list[Leg]:
    """Store the legs of an offer, or the unmet need of one without a destination.

    `before` is the case as it is stored, `base` as it is offered, `events` what led from one to
    the other; `continues` is the leg that is handed on. Where a destination pauses or has ended,
    the desk that stands in for it gets the leg, and the history says so. A desk that joins the
    case cannot know who has it: a side leg to an agency that does comes back at once, and says so.
    """
    case, told = base.case, list(events)
    if not offer.to:
        after = hold_by_coordinator(base, acting.plan.coordinator, offer.at)
        unmet = UnmetNeedRecordedV1(
            case_id=case.id, consultation_id=case.consultation_id, kind="no-destination"
        )
        await note_act(connection, case.id, "no-destination", offer.at, acting, reason=offer.reason)
        told.append(happened(case, unmet, offer.at, acting))
        told += await note_bound(connection, case, after.case, "no-destination", offer.at, acting)
        await finish(connection, before, after, told, offer.at, acting)
        return []
    day = await agencies.on_day(connection, acting.plan, japanese_day(acting.now))
    offer, asked_for = redirected(offer, day)
    ids = [uuid7() for _ in offer.to]
    legs = [
        replace(leg, instead_of=asked_for.get(leg.receiver))
        for leg in legs_of_offer(case, offer, ids, acting.plan, continues=continues)
    ]
    for leg in legs:
        await note_act(
            connection,
            case.id,
            "offer" if continues is None else "hand-on",
            offer.at,
            acting,
            leg_id=leg.id,
            to=leg.receiver,
            lead=leg.lead,
            basis=leg.basis,
            instead_of=leg.instead_of,
            **({"override": offer.override} if offer.override else {}),
        )
    after = replace(base, legs=(*base.legs, *legs))
    told += [offered_event(case, leg, acting) for leg in legs]
    for leg in legs:
        if asked_twice(leg.receiver, base.legs, lead=leg.lead):
            after = after.with_legs(replace(leg, state=LegState.RETURNED, continues=None))
            told.append(await _answer_again(connection, case, leg, acting))
        else:
            after, ended = await make_one(connection, after, leg.receiver, offer.at, acting)
            told += ended
    kept = await finish(connection, before, after, told, offer.at, acting)
    return [kept.leg(leg_id) for leg_id in ids]


async def _answer_again(connection: AsyncConnection, case: Case, leg: Leg, acting: Acting) -> Event:
    await note_act(
        connection, case.id, "already-there", leg.acted_at, acting, leg_id=leg.id, to=leg.receiver
    )
    returned = ReferralReturnedV1(**leg_words(case, leg), reason=_ALREADY_SUPPORTING)
    return happened(case, returned, leg.acted_at, acting)


async def offer_referrals(
    connection: AsyncConnection, case_id: UUID, offer: Offer, acting: Acting, *, lead_chosen: bool
) -> list[Leg]:
    """Offer more legs. Only the holder and the coordinator may; others are told so."""
    standing = await take_case_turn(connection, case_id, CaseAction.OFFER, acting)
    await check_offer(connection, offer, acting)
    await refuse_unoffered(connection, offer.basis, acting.plan, acting.now)
    await refuse_unexplained(connection, offer, standing, acting)
    moment_of(offer.at, acting.now, standing.case.opened_at)
    if open_lead(standing.legs) is not None:
        if lead_chosen and offer.lead is not None:
            detail = "主担当のつなぎがすでにあります。協力としてつないでください。"
            allowed = allowed_case_actions(acting.agency, standing.case, standing.legs, acting.plan)
            raise Conflict("lead-taken", detail, extra={"allowed": [*map(str, allowed)]})
        offer = replace(offer, lead=None)
    await refuse_twice(connection, offer, standing, acting)
    refuse_without_consent(offer, standing.legs, acting)
    return await store_offer(connection, standing, standing, offer, acting)


async def hand_on_referral(
    connection: AsyncConnection, leg_id: UUID, offer: Offer, acting: Acting
) -> Leg:
    """Offer one's own leg to another agency. It goes on until the other accepts.

    The new leg leads if this one does. Raises Conflict while another hand-on waits.
    """
    turn = await take_turn(connection, leg_id, Action.HAND_ON, offer.at, acting)
    await check_offer(connection, offer, acting)
    await refuse_unoffered(connection, offer.basis, acting.plan, acting.now)
    await refuse_unexplained(connection, offer, turn.before, acting)
    waiting = pending_hand_on(turn.before.legs, leg_id)
    if waiting is not None:
        name = acting.plan.agency_name(waiting.receiver)
        detail = f"{name}への引き継ぎの返事を待っています。取り下げてから、次を選んでください。"
        allowed = allowed_now(turn, acting)
        raise Conflict(Hindrance.HAND_ON_PENDING, detail, extra={"allowed": [*map(str, allowed)]})
    lead = offer.to[0] if turn.leg.lead else None
    moved = replace(offer, lead=lead, at=turn.at)
    before = turn.before
    await refuse_twice(connection, moved, before, acting)
    refuse_without_consent(moved, before.legs, acting, origin=turn.leg)
    await store_offer(connection, before, before, moved, acting, continues=leg_id)
    return before.leg(leg_id)
