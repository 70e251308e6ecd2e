"""The life of an agency: when it takes offers, who stands in for it, who follows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.referral.domain.case import LIVE, Case, CaseState, Leg, LegState
from services.referral.domain.clocks import accept_due
from services.referral.domain.offering import Offer
from shared.errors import FieldFault
from shared.plan import Plan
from shared.plan.routing import Suggestion, suggest


class Door(StrEnum):
    """How an agency stands to offers on a day."""

    OPEN = "open"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    NOT_YET = "not-yet"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Pause:
    """受入停止: from `first` to `last`, both days included; without `last` until it is ended."""

    id: UUID
    agency: str
    first: date
    last: date | None
    substitute: str
    reason: str
    set_by: str

    def covers(self, day: date) -> bool:
        """Whether it holds on this day."""
        return self.first <= day and (self.last is None or day <= self.last)

    def overlaps(self, first: date, last: date | None) -> bool:
        """Whether there is a day in both."""
        return (self.last is None or first <= self.last) and (last is None or self.first <= last)


@dataclass(frozen=True, slots=True)
class AgencyDay:
    """How all agencies stand on one day: the plan, who paused, and who follows whom since when."""

    plan: Plan
    day: date
    pauses: Mapping[str, Pause]
    successors: Mapping[str, str]
    succeeded_on: Mapping[str, date] = field(default_factory=dict)

    def door(self, agency: str, day: date | None = None) -> Door:
        """How an agency stands; `day` is that of an act typed in later."""
        if agency in self.successors:
            return Door.SUCCEEDED
        known = self.plan.agencies.get(agency)
        asked = self.day if day is None else day
        if known is None or known.ended_on(asked):
            return Door.ENDED
        if not known.valid_on(asked):
            return Door.NOT_YET
        return Door.PAUSED if agency in self.pauses else Door.OPEN

    def was_there(self, agency: str, day: date) -> bool:
        """Whether an agency was there on a day, whatever became of it since."""
        known = self.plan.agencies.get(agency)
        last = self.succeeded_on.get(agency)
        return known is not None and known.valid_on(day) and (last is None or day <= last)

    def left_alone(self) -> list[str]:
        """The agencies that ended and that nobody follows."""
        ended = [name for name in self.plan.agencies if self.door(name) is Door.ENDED]
        return [name for name in ended if name != self.plan.coordinator]

    def successor_of(self, agency: str) -> str | None:
        """Who answers for an agency in the end; None where it has no successor."""
        last, seen = self.successors.get(agency), {agency}
        while last is not None and last in self.successors and last not in seen:
            seen.add(last)
            last = self.successors[last]
        return last

    def heir_of(self, agency: str) -> str:
        """Who answers for an agency that is no more, in the end the coordinator; itself before."""
        if self.door(agency) not in (Door.SUCCEEDED, Door.ENDED):
            return agency
        return self.successor_of(agency) or self.plan.coordinator

    def desk_for(self, agency: str, sender: str) -> str | None:
        """Where an offer to this agency goes: itself, or the one that stands in for it.

        A chain of substitutes and successors is walked to its end. If it ends at the sender, or
        at a desk that is closed, the coordinator takes it. None where nobody else can.
        """
        at, seen = agency, set[str]()
        while (door := self.door(at)) in (Door.SUCCEEDED, Door.PAUSED) and at not in seen:
            seen.add(at)
            at = self.successors[at] if door is Door.SUCCEEDED else self.pauses[at].substitute
        for desk in (at, self.plan.coordinator):
            if self.door(desk) is Door.OPEN and desk != sender:
                return desk
        return None


def door_fault(agencies: AgencyDay, agency: str, day: date) -> str | None:
    """Why nothing new may be sent to an agency that is not there; None where it is.

    A pause is no fault: a substitute takes the offer.
    """
    door, name = agencies.door(agency, day), agencies.plan.agency_name
    known = agencies.plan.agencies.get(agency)
    if door is Door.NOT_YET and known is not None and known.valid_from is not None:
        return f"「{name(agency)}」は{_written(known.valid_from)}からの機関です。"
    if door not in (Door.ENDED, Door.SUCCEEDED):
        return None
    successor = agencies.successor_of(agency)
    follows = "" if successor is None else f"引き継いだ「{name(successor)}」を選んでください。"
    ended = "" if known is None or known.valid_to is None else f"{_written(known.valid_to)}で"
    return f"「{name(agency)}」は{ended}なくなりました。{follows}"


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def redirected(offer: Offer, agencies: AgencyDay) -> tuple[Offer, Mapping[str, str]]:
    """The offer as it can be delivered today, and who stands in for whom.

    Two destinations that come to one desk are one leg; it leads if either should have.
    """
    desks = {asked: agencies.desk_for(asked, offer.sender) or asked for asked in offer.to}
    to = tuple(dict.fromkeys(desks.values()))
    asked_for = {desk: asked for asked, desk in desks.items() if desk not in offer.to}
    lead = None if offer.lead is None else desks[offer.lead]
    return replace(offer, to=to, lead=lead), asked_for


def reoffered(
    case: Case, leg: Leg, desk: str, new_id: UUID, plan: Plan, at: datetime
) -> tuple[Leg, Leg]:
    """An unanswered leg taken back, and the same offer to another desk; its term begins anew."""
    ended = replace(leg, state=LegState.WITHDRAWN, acted_at=at, continues=None)
    new = replace(
        leg,
        id=new_id,
        receiver=desk,
        offered_at=at,
        acted_at=at,
        due_at=accept_due(plan, case.urgency, at),
        assigned_to=None,
        assigned_name=None,
        instead_of=leg.instead_of or leg.receiver,
        on_paper=not plan.agencies[desk].terminal,
    )
    return ended, new


def succeeded_leg(leg: Leg, old: str, new: str, plan: Plan) -> Leg:
    """A live leg with the successor in the agency's place, as receiver and as sender.

    Its state, its role and its terms go on; a leg that ended keeps the names that it had.
    """
    if leg.state not in LIVE:
        return leg
    receiver = new if leg.receiver == old else leg.receiver
    return replace(
        leg,
        receiver=receiver,
        sender=new if leg.sender == old else leg.sender,
        on_paper=not plan.agencies[receiver].terminal if receiver == new else leg.on_paper,
    )


def closed_leg(leg: Leg, old: str, plan: Plan, at: datetime) -> Leg:
    """A live leg after its receiver or its sender ended and nobody follows.

    An offer to it is taken back. Work goes on with the coordinator, as a side leg and without a
    person: the case needs a new lead. So do the questions that the agency had asked.
    """
    if leg.state is LegState.OFFERED and leg.receiver == old:
        acted_at = max(at, leg.acted_at)
        return replace(leg, state=LegState.WITHDRAWN, acted_at=acted_at, continues=None)
    moved = succeeded_leg(leg, old, plan.coordinator, plan)
    if moved.receiver == leg.receiver:
        return moved
    return replace(moved, lead=False, assigned_to=None, assigned_name=None)


def followed_leg(leg: Leg, agencies: AgencyDay) -> Leg | None:
    """An ended leg as it may be offered again: with those who follow agencies that are no more.

    None where nobody but its sender is left to take it.
    """
    sender, receiver = agencies.heir_of(leg.sender), leg.receiver
    if agencies.heir_of(receiver) == receiver:
        return replace(leg, sender=sender)
    desk = agencies.desk_for(receiver, sender)
    if desk is None:
        return None
    on_paper = not agencies.plan.agencies[desk].terminal
    return replace(leg, sender=sender, receiver=desk, instead_of=receiver, on_paper=on_paper)


def succeeded_case(case: Case, old: str, new: str) -> Case:
    """An open case with the successor in the agency's place, as holder and as issuing desk."""
    if case.state is not CaseState.OPEN:
        return case
    return replace(
        case,
        holder=new if case.holder == old else case.holder,
        desk=new if case.desk == old else case.desk,
    )


def pause_faults(
    agencies: AgencyDay,
    agency: str,
    substitute: str,
    first: date,
    last: date | None,
    others: Iterable[Pause],
) -> list[FieldFault]:
    """Every reason why an agency cannot pause so. `others` are the pauses of all other agencies.

    A substitute that is itself paused in that time is refused, so that no chain comes back.
    """
    faults = []
    if first < agencies.day:
        faults.append(FieldFault(("from",), "in-the-past", "今日からあとの日にしてください。"))
    if last is not None and last < first:
        detail = "終わりの日は、始まりの日からあとにしてください。"
        faults.append(FieldFault(("until",), "too-early", detail))
    if substitute == agency:
        detail = "ほかの機関を選んでください。"
        faults.append(FieldFault(("substitute",), "own-desk", detail))
    elif substitute not in agencies.plan.agencies:
        faults.append(FieldFault(("substitute",), "unknown-agency", "一覧にない機関です。"))
    elif (fault := door_fault(agencies, substitute, first)) is not None:
        faults.append(FieldFault(("substitute",), "agency-not-valid", fault))
    elif any(one.agency == substitute and one.overlaps(first, last) for one in others):
        detail = "その機関も受け入れを止めています。ほかの機関を選んでください。"
        faults.append(FieldFault(("substitute",), "substitute-paused", detail))
    return faults


def suggested(
    agencies: AgencyDay, topics: Sequence[str], age_band: str | None, district: str | None
) -> list[Suggestion]:
    """The plan's suggestions as they are to be had today: a former agency's is its successor's."""

    def answers(agency: str) -> str:
        return agencies.successor_of(agency) or agency

    def takes(agency: str) -> bool:
        return agencies.door(answers(agency)) in (Door.OPEN, Door.PAUSED)

    named = suggest(agencies.plan, topics, age_band=age_band, district=district, takes=takes)
    found: dict[str, Suggestion] = {}
    for one in named:
        agency = answers(one.agency)
        found.setdefault(agency, replace(one, agency=agency))
    return list(found.values())
