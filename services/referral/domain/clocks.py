"""Which terms run on a case and its legs, and what happens when one of them runs out."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.referral.domain.case import AT_WORK, LIVE, Case, CaseState, Leg, LegState
from services.referral.domain.holding import Standing, hold_by_coordinator
from services.referral.domain.opening_hours import due_at
from shared.japanese_time import japanese_day
from shared.plan import Plan
from shared.plan.model import Clock

#: The accept clock for each urgency.
ACCEPT_CLOCK = {
    "emergency": "accept-emergency",
    "soon": "accept-soon",
    "normal": "accept-normal",
}
CASE_CLOCK = "case-next-step"
CHECK_IN = "check-in"
_ACCEPT_CLOCKS = frozenset(ACCEPT_CLOCK.values())

#: So long before its case opened may an application have been received. The law decides within 30
#: days; what waited longer than this is rather a day that was mistyped.
MOST_BEFORE = timedelta(days=90)
#: What is typed in late may be past its term at once; its next act has so long to be typed too.
TYPING = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A term that runs since a moment, on a leg or, without one, on the case itself."""

    kind: str
    leg_id: UUID | None
    since: datetime


def clocks_of(case: Case, legs: tuple[Leg, ...], plan: Plan) -> list[RunningClock]:
    """Every term that runs now. An open case always has one, and a case that ended has none."""
    if case.state is not CaseState.OPEN:
        return []
    running = [clock for leg in legs for clock in _of_leg(case, leg, plan)]
    if not any(leg.state in LIVE for leg in legs):
        running.append(RunningClock(CASE_CLOCK, None, case.idle_since))
    running += [
        RunningClock(clock.id, None, case.received_at)
        for clock in _topic_clocks(case, plan)
        if clock.id not in case.stopped_clocks
    ]
    return running


def _of_leg(case: Case, leg: Leg, plan: Plan) -> Iterator[RunningClock]:
    if leg.state is LegState.OFFERED:
        yield RunningClock(ACCEPT_CLOCK[case.urgency], leg.id, leg.offered_at)
    elif leg.state in AT_WORK:
        if CHECK_IN in plan.clocks:
            yield RunningClock(CHECK_IN, leg.id, leg.checked_at or leg.acted_at)
        for kind, since in leg.contact_clocks.items():
            if kind in plan.clocks:
                yield RunningClock(kind, leg.id, since)


def _topic_clocks(case: Case, plan: Plan) -> Iterator[Clock]:
    for clock in plan.clocks.values():
        kind, _, topic = clock.applies_to.partition(" ")
        if kind == "topic" and topic in case.topics:
            yield clock


def after_contact(case: Case, leg: Leg, kind: str, at: datetime, plan: Plan) -> tuple[Case, Leg]:
    """Start, extend and stop the terms that this kind of contact starts, extends and stops.

    A term that runs is met by whoever has the leg now: it may have been handed on. One that is
    started again runs from the day that was recorded last: the first one was mistyped.
    """
    running = dict(leg.contact_clocks)
    stopped = set(case.stopped_clocks)
    for clock in plan.clocks.values():
        scope, _, of = clock.applies_to.partition(" ")
        if f"contact {kind}" in clock.stops:
            running.pop(clock.id, None)
            if scope == "topic" and of in case.topics:
                stopped.add(clock.id)
        elif clock.starts != f"contact {kind}":
            continue
        elif clock.extends in running:
            running[clock.id] = running.pop(clock.extends)
        elif clock.extends is None:
            begun = _running(clock, running, plan)
            if begun is not None:
                running[begun] = at
            elif (scope, of) == ("receiver", leg.receiver):
                running[clock.id] = at
    return (
        replace(case, stopped_clocks=tuple(sorted(stopped))),
        replace(leg, contact_clocks=running),
    )


def first_day_of_contact(case: Case, leg: Leg, kind: str, plan: Plan) -> date:
    """The earliest day on which this contact can have been: that on which the case began.

    What starts a term on this leg, an application, may have been received before; what extends or
    ends a term answers it, and was from its first day on.
    """
    opened, contact = japanese_day(case.opened_at), f"contact {kind}"
    answered, before = list[date](), False
    for clock in plan.clocks.values():
        begun = _running(plan.clocks[clock.extends or clock.id], leg.contact_clocks, plan)
        if clock.starts == contact and clock.extends is None:
            mine = clock.applies_to == f"receiver {leg.receiver}"
            before = before or mine or begun is not None
        elif begun is not None and (clock.starts == contact or contact in clock.stops):
            answered.append(japanese_day(leg.contact_clocks[begun]))
    if answered:
        return min(answered)
    return opened - MOST_BEFORE if before else opened


def extends_nothing(leg: Leg, kind: str, plan: Plan) -> bool | None:
    """Whether a contact that extends a term finds none to extend; None for every other contact."""
    extended = [
        clock.extends
        for clock in plan.clocks.values()
        if clock.extends and clock.starts == f"contact {kind}"
    ]
    return leg.contact_clocks.keys().isdisjoint(extended) if extended else None


def ends_for_others(kind: str, plan: Plan) -> list[str]:
    """The terms of topics that a contact of this kind ends, though nobody here did what they ask.

    Of a clock's `stops` the first is that; by the others it was done, or is to be done, elsewhere.
    """
    return [
        clock.id
        for clock in plan.clocks.values()
        if clock.applies_to.startswith("topic ") and f"contact {kind}" in clock.stops[1:]
    ]


def ends_nothing(kind: str, running: Collection[str], plan: Plan) -> bool:
    """Whether a contact by which others end a term finds none of those terms among these."""
    ends = ends_for_others(kind, plan)
    return bool(ends) and set(ends).isdisjoint(running)


def owed_by_leg(leg: Leg, plan: Plan) -> list[str]:
    """The kinds of contact that terms of this leg wait for: it does not end before."""
    return _owed([plan.clocks[name] for name in _kept(leg.contact_clocks, plan)])


def owed_by_case(case: Case, plan: Plan) -> list[str]:
    """The kinds of contact that its topics ask for: the case does not end before them.

    What was cancelled was entered in error, and owes nothing.
    """
    if case.cancelled:
        return []
    return _owed(one for one in _topic_clocks(case, plan) if one.id not in case.stopped_clocks)


def _running(clock: Clock, running: Collection[str], plan: Plan) -> str | None:
    """The name under which this term runs: its own, or that of one that took its place."""
    names = (name for name in _kept(running, plan))
    return next((one for one in names if clock.id in (one, plan.clocks[one].extends)), None)


def _kept(running: Iterable[str], plan: Plan) -> list[str]:
    """Those of these clocks that the plan still has."""
    return [name for name in running if name in plan.clocks]


def _owed(clocks: Iterable[Clock]) -> list[str]:
    found = [clock.stops[0].partition(" ") for clock in clocks]
    return list(dict.fromkeys(kind for contact, _, kind in found if contact == "contact" and kind))


@dataclass(frozen=True, slots=True)
class Term:
    """A term that runs, and when it runs out."""

    kind: str
    due_at: datetime


def terms_of(clocks: list[RunningClock], leg_id: UUID | None, plan: Plan) -> list[Term]:
    """The terms that run on this leg, or without one on the case, the first to run out first."""
    found = [
        Term(clock.kind, due_at(plan.clocks[clock.kind], clock.since))
        for clock in clocks
        if clock.leg_id == leg_id
    ]
    return sorted(found, key=lambda term: term.due_at)


def first_due(clocks: list[RunningClock], leg: Leg | None, plan: Plan) -> datetime | None:
    """When the first of these terms runs out on this leg, or without one on the case.

    A case's own term presses whoever has its lead leg too, so that its inbox puts it first.
    """
    dues = [] if leg is None else [term.due_at for term in terms_of(clocks, leg.id, plan)]
    if leg is None or (leg.lead and leg.state in LIVE):
        dues += [term.due_at for term in terms_of(clocks, None, plan)]
    return min(dues, default=None)


def ran_out(standing: Standing, clock: RunningClock, coordinator: str, now: datetime) -> Standing:
    """Apply the bounds: a lead leg unanswered, or a case without a next step, comes to the
    coordinator. Every other term is only told; its case stays with its holder.
    """
    leg = None if clock.leg_id is None else standing.leg(clock.leg_id)
    unanswered_lead = leg is not None and leg.lead and clock.kind in _ACCEPT_CLOCKS
    if clock.kind == CASE_CLOCK or unanswered_lead:
        held = hold_by_coordinator(standing, coordinator, now)
        return held.with_case(replace(held.case, idle_since=standing.case.idle_since))
    return standing


def accept_due(plan: Plan, urgency: str, offered_at: datetime) -> datetime:
    """When the receiver must have answered."""
    return due_at(plan.clocks[ACCEPT_CLOCK[urgency]], offered_at)
