"""What each decision of a conference does, by the same rules as the direct act."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from services.referral.domain.agency_life import Door
from services.referral.domain.carried_consent import basis_gone
from services.referral.domain.case import AT_WORK, CaseState, Leg
from services.referral.domain.conference import (
    FOOTINGS,
    Conference,
    Decision,
    DecisionKind,
    decided_at,
)
from services.referral.domain.holding import Standing
from services.referral.domain.naming import Named, name_lead
from services.referral.domain.offering import Offer, legs_of_offer
from services.referral.storage import agencies, cases
from services.referral.usecases.acting import (
    Acting,
    case_not_found,
    happened,
    holder_events,
    leg_words,
    note_act,
)
from services.referral.usecases.lead_case import close_case
from services.referral.usecases.offer_referrals import offered_event
from services.referral.usecases.plan_support import put_in_force, score_goals
from services.referral.usecases.turns import finish, no_consent
from shared.contracts import ReferralAcceptedV1, ReferralHandedOnV1, ReferralWithdrawnV1
from shared.errors import Conflict
from shared.japanese_time import japanese_day, written_day
from shared.messaging.event import Event

#: How a leg that a conference makes was handed over: everybody sat together.
_MODE = "joint-meeting"


@dataclass(frozen=True, slots=True)
class Room:
    """Where decisions act: the conference, and who types it in. Its cases are locked.

    What a refused one may do instead, `hold_conference` says: all that came before is undone.
    """

    connection: AsyncConnection
    conference: Conference
    acting: Acting

    async def case(self, decision: Decision) -> tuple[Standing, datetime]:
        """The case as the decisions before this one left it, and when this one happened."""
        standing = await cases.standing(self.connection, decision.case_id)
        if standing is None:
            raise case_not_found()
        return standing, decided_at(self.conference.held_on, self.acting.now, standing)


async def _name_lead(room: Room, decision: Decision) -> None:
    """The agency that agreed in the meeting holds at once; another is offered the lead."""
    before, at = await room.case(decision)
    if before.case.state is not CaseState.OPEN:
        raise Conflict("not-now", "このケースは終わっています。")
    acting, held = room.acting, room.conference
    named_agency = decision.agency or ""
    agency = await _desk_of(room, before, named_agency)
    kind = acting.plan.label("conference_kind", held.kind)
    offer = Offer(
        sender=held.convener,
        to=(agency,),
        lead=agency,
        reason=f"{kind}（{written_day(held.held_on)}）で、主担当に決まりました。",
        basis=FOOTINGS[held.kind].basis,
        mode=_MODE,
        authorised_by=acting.plan.staff_of(held.convener),
        at=at,
    )
    [leg] = legs_of_offer(before.case, offer, [uuid7()], acting.plan)
    new = leg if agency == named_agency else replace(leg, instead_of=named_agency)
    named = name_lead(
        before,
        new,
        attends=held.attends(agency),
        coordinator=acting.plan.coordinator,
        at=at,
    )
    taken = named.accepted if named.offered is None else None
    today = japanese_day(acting.now)
    if taken is not None and basis_gone(before.leg(taken), before.legs, today):
        raise no_consent(())
    await _note(room, named, new, before, at)
    events = _events(named, before, at, acting)
    await finish(room.connection, before, named.standing, events, at, acting)


async def _desk_of(room: Room, before: Standing, agency: str) -> str:
    """Who leads where this agency was named: itself, or the desk that stands in for it today.

    An agency that pauses takes nothing new, and goes on with what it holds or works on.
    """
    plan, today = room.acting.plan, japanese_day(room.acting.now)
    day = await agencies.on_day(room.connection, plan, today)
    door = day.door(agency)
    works = any(leg.receiver == agency and leg.state in AT_WORK for leg in before.legs)
    goes_on = before.case.holder == agency or (works and room.conference.attends(agency))
    if door is Door.OPEN or (door is Door.PAUSED and goes_on):
        return agency
    desk = day.desk_for(agency, agency)
    return desk or (agency if door is Door.PAUSED else plan.coordinator)


async def _note(room: Room, named: Named, new: Leg, before: Standing, at: datetime) -> None:
    case_id, conference = before.case.id, str(room.conference.id)
    for leg_id in named.withdrawn:
        await note_act(
            room.connection, case_id, "withdraw", at, room.acting, leg_id=leg_id, by=conference
        )
    if named.offered is not None:
        leg = named.standing.leg(named.offered)
        await note_act(
            room.connection,
            case_id,
            "offer",
            at,
            room.acting,
            leg_id=leg.id,
            to=leg.receiver,
            lead=leg.lead,
            basis=leg.basis,
            instead_of=leg.instead_of,
        )
    await note_act(
        room.connection,
        case_id,
        "name-lead",
        at,
        room.acting,
        leg_id=named.leg,
        agency=new.receiver,
        instead_of=new.instead_of,
        conference=conference,
        agreed=room.conference.attends(new.receiver),
    )
    for leg_id in named.handed_on:
        await note_act(room.connection, case_id, "handed-on", at, room.acting, leg_id=leg_id)


def _events(named: Named, before: Standing, at: datetime, acting: Acting) -> list[Event]:
    case, told = named.standing.case, list[Event]()
    for leg_id in named.withdrawn:
        words = leg_words(case, named.standing.leg(leg_id))
        told.append(happened(case, ReferralWithdrawnV1(**words), at, acting))
    if named.offered is not None:
        told.append(offered_event(case, named.standing.leg(named.offered), acting))
    if named.accepted is not None:
        words = leg_words(case, named.standing.leg(named.accepted))
        told.append(happened(case, ReferralAcceptedV1(**words), at, acting))
        for leg_id in named.handed_on:
            origin = leg_words(case, named.standing.leg(leg_id))
            ended = ReferralHandedOnV1(**origin, to_referral=named.accepted)
            told.append(happened(case, ended, at, acting))
    return told + holder_events(before.case, case, "conference", at, acting)


async def _adopt_plan(room: Room, decision: Decision) -> None:
    standing, at = await room.case(decision)
    await put_in_force(room.connection, standing, at, room.acting, conference=room.conference.id)


async def _review_plan(room: Room, decision: Decision) -> None:
    standing, at = await room.case(decision)
    await score_goals(
        room.connection,
        standing,
        decision.scores,
        decision.next_review,
        at,
        room.acting,
        conference=room.conference.id,
    )


async def _close_case(room: Room, decision: Decision) -> None:
    _, at = await room.case(decision)
    await close_case(
        room.connection,
        decision.case_id,
        end=decision.end or "",
        outcome=decision.outcome or "",
        ended_by=decision.ended_by or "",
        note=None,
        at=at,
        acting=room.acting,
    )


DEEDS: Mapping[DecisionKind, Callable[[Room, Decision], Awaitable[None]]] = {
    DecisionKind.NAME_LEAD: _name_lead,
    DecisionKind.ADOPT_PLAN: _adopt_plan,
    DecisionKind.REVIEW_PLAN: _review_plan,
    DecisionKind.CLOSE_CASE: _close_case,
}
