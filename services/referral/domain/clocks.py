"""Which terms run on a case and its legs, and what happens when one of them runs out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.referral.domain.case import AT_WORK, LIVE, Case, CaseState, Leg, LegState
from services.referral.domain.holding import Standing, hold_by_coordinator
from services.referral.domain.opening_hours import due_at
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
    """Start and stop the terms that this kind of contact starts and stops."""
    running = dict(leg.contact_clocks)
    stopped = set(case.stopped_clocks)
    for clock in plan.clocks.values():
        scope, _, of = clock.applies_to.partition(" ")
        meets = f"contact {kind}" in clock.stops
        if scope == "receiver" and of == leg.receiver:
            if clock.starts == f"contact {kind}":
                running.setdefault(clock.id, at)
            elif meets:
                running.pop(clock.id, None)
        elif scope == "topic" and of in case.topics and meets:
            stopped.add(clock.id)
    return (
        replace(case, stopped_clocks=tuple(sorted(stopped))),
        replace(leg, contact_clocks=running),
    )


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
