"""Take offers back, offer an ended leg again, and undo what was entered in error."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.agency_life import door_fault, followed_leg
from services.referral.domain.case import (
    CaseState,
    Leg,
    LegState,
    has_it_before_it,
    open_lead,
)
from services.referral.domain.clocks import accept_due
from services.referral.domain.holding import Standing, after_end
from services.referral.domain.transitions import (
    Action,
    Side,
    allowed_actions,
    next_state,
    sides_of,
)
from services.referral.storage import agencies
from services.referral.usecases.acting import (
    Acting,
    asked_already,
    case_words,
    happened,
    holder_events,
    leg_words,
    moment_of,
    note_act,
)
from services.referral.usecases.offer_referrals import offered_event
from services.referral.usecases.turns import (
    Turn,
    allowed_now,
    finish,
    leg_conflict,
    lock_leg,
    take_turn,
)
from shared.contracts import CaseReopenedV1, ReferralVoidedV1, ReferralWithdrawnV1
from shared.errors import Conflict
from shared.japanese_time import japanese_day
from shared.messaging.event import Event


async def withdraw_referral(
    connection: AsyncConnection,
    leg_id: UUID,
    *,
    reason: str,
    siblings: bool,
    at: datetime | None,
    acting: Acting,
) -> Leg:
    """Take an offer back; with `siblings`, every other open offer of the case that one may."""
    turn = await take_turn(connection, leg_id, Action.WITHDRAW, at, acting)
    leaving = [turn.leg]
    if siblings:
        leaving += _siblings(turn.before, leg_id, acting)
    after, events = turn.before, list[Event]()
    for leg in leaving:
        moment = max(turn.at, leg.acted_at)
        ended = replace(leg, state=LegState.WITHDRAWN, acted_at=moment)
        after = after_end(after, ended)
        await note_act(
            connection, turn.case.id, "withdraw", moment, acting, leg_id=leg.id, reason=reason
        )
        data = ReferralWithdrawnV1(**leg_words(turn.case, ended))
        events.append(happened(turn.case, data, moment, acting))
    kept = await finish(connection, turn.before, after, events, turn.at, acting)
    return kept.leg(leg_id)


def _siblings(standing: Standing, leg_id: UUID, acting: Acting) -> list[Leg]:
    coordinator = acting.plan.coordinator
    found = []
    for leg in standing.legs:
        sides = sides_of(acting.agency, standing.case, leg, coordinator, receives=acting.receives)
        if leg.id != leg_id and next_state(Action.WITHDRAW, leg.state, sides) is not None:
            found.append(leg)
    return found


def _cannot_ask(code: str, detail: str, turn: Turn, acting: Acting) -> Conflict:
    allowed = [str(one) for one in allowed_now(turn, acting)]
    return Conflict(code, detail, extra={"allowed": allowed})


async def reopen_referral(
    connection: AsyncConnection, leg_id: UUID, reason: str, at: datetime | None, acting: Acting
) -> Leg:
    """Offer an ended leg again; the case opens again with it.

    Whoever follows an agency that is no more gets the leg, and holds the case in its place; if it
    was the sender, what follows it must still have the consent that the leg rests on. Raises
    Conflict where nobody is left to ask, or the agency has the case before it.
    """
    turn = await take_turn(connection, leg_id, Action.REOPEN, at, acting)
    day = turn.agencies
    there = followed_leg(turn.leg, day)
    if there is None:
        detail = door_fault(day, turn.leg.receiver, day.day) or ""
        raise _cannot_ask("agency-not-valid", detail, turn, acting)
    if has_it_before_it(there.receiver, turn.before.legs):
        detail = asked_already(there.receiver, acting.plan)
        raise _cannot_ask("already-there", detail, turn, acting)
    taken = open_lead(turn.before.legs) is not None
    leg = replace(
        there,
        lead=turn.leg.lead and not taken,
        accepted_at=None,
        checked_at=None,
        confirmed_at=None,
        continues=None,
        outcome=None,
        ended_by=None,
        contact_clocks={},
        offered_at=turn.at,
        due_at=accept_due(acting.plan, turn.case.urgency, turn.at),
    )
    after = turn.before.with_legs(leg)
    await note_act(
        connection, turn.case.id, "reopen", turn.at, acting, leg_id=leg_id, reason=reason
    )
    events = [offered_event(turn.case, leg, acting, again=True)]
    if turn.case.state is not CaseState.OPEN:
        case = replace(
            turn.case,
            state=CaseState.OPEN,
            outcome=None,
            ended_by=None,
            holder=day.heir_of(turn.case.holder),
            desk=day.heir_of(turn.case.desk),
        )
        after = after.with_case(case)
        reopened = CaseReopenedV1(**case_words(case), holder=case.holder)
        events.append(happened(case, reopened, turn.at, acting))
        events += holder_events(turn.case, case, "succeeded", turn.at, acting)
    kept = await finish(connection, turn.before, after, events, turn.at, acting)
    return kept.leg(leg_id)


async def void_referral(
    connection: AsyncConnection, leg_id: UUID, reason: str, at: datetime | None, acting: Acting
) -> Leg:
    """Undo a leg that was entered in error: it counts nowhere. An administrator's act."""
    before = await lock_leg(connection, leg_id)
    leg = before.leg(leg_id)
    sides = {Side.ADMINISTRATOR}
    state = next_state(Action.VOID, leg.state, sides)
    if state is None:
        day = await agencies.on_day(connection, acting.plan, japanese_day(acting.now))
        raise await leg_conflict(
            connection,
            leg,
            allowed_actions(leg, sides, before.legs, day),
            acting.plan,
        )
    moment = moment_of(at, acting.now, leg.acted_at)
    voided = replace(leg, state=state, acted_at=moment)
    await note_act(connection, before.case.id, "void", moment, acting, leg_id=leg_id, reason=reason)
    data = ReferralVoidedV1(**leg_words(before.case, voided))
    events = [happened(before.case, data, moment, acting)]
    after = after_end(before, voided)
    kept = await finish(connection, before, after, events, moment, acting)
    return kept.leg(leg_id)
