"""Count a batch of events: fold them into facts, and recount what those facts contribute."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar, get_args
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.contributions import Contribution, Counter
from services.metrics.domain.facts import (
    ActivityFact,
    ConferenceFact,
    ConsultationFact,
    FigureFact,
    LegFact,
)
from services.metrics.domain.folding import (
    ActivityTold,
    ConferenceTold,
    ConsultationTold,
    FigureTold,
    fold_activity,
    fold_conference,
    fold_consultation,
    fold_figure,
    fold_leg,
)
from services.metrics.storage import contributions, facts, rules
from services.metrics.usecases.rules_in_force import CurrentCounter
from shared.contracts import (
    CaseClosedV1,
    CaseEscalatedV1,
    CaseReopenedV1,
    CaseVoidedV1,
    ClockRanOutV1,
    HolderChangedV1,
    UnmetNeedRecordedV1,
)
from shared.contracts.referral import CaseEvent, LegEvent
from shared.messaging.event import Event

_CONSULTATION = get_args(ConsultationTold)
_ACTIVITY = get_args(ActivityTold)
_CONFERENCE = get_args(ConferenceTold)
_FIGURE = get_args(FigureTold)
Fact = TypeVar("Fact", ActivityFact, ConferenceFact, FigureFact)
#: What a case's event is called in the figures of hand-offs.
_CASE_KINDS: dict[type[CaseEvent], str] = {
    ClockRanOutV1: "ran-out",
    CaseEscalatedV1: "escalated",
    CaseClosedV1: "closed",
    CaseReopenedV1: "reopened",
    CaseVoidedV1: "voided",
}
#: How the terms to answer an offer begin.
_ACCEPT = "accept-"


async def count_by_rules_in_force(
    connection: AsyncConnection, events: Sequence[Event], current: CurrentCounter
) -> None:
    """Apply a batch by the versions of the rules that count now."""
    await rules.lock_counting(connection)
    await count_events(connection, events, await current.now(connection))


async def count_events(
    connection: AsyncConnection, events: Sequence[Event], counter: Counter
) -> None:
    """Apply a batch. Facts are stored by aggregate, so events may come in any order of streams.

    Nobody else may count meanwhile: whoever calls has locked the counting.
    """
    changed = await _fold_consultations(connection, events)
    touched = changed.keys() | await _fold_legs(connection, events)
    found: list[Contribution] = []
    if touched:
        unchanged = touched - changed.keys()
        known = changed | await facts.load(connection, ConsultationFact, unchanged)
        legs = await facts.legs_of_consultations(connection, touched)
        for subject in touched:
            found += counter.of_consultation(known.get(subject), legs.get(subject, []))
    activities = await _fold(connection, events, _ACTIVITY, ActivityFact, fold_activity)
    for activity in activities.values():
        found += counter.of_activity(activity)
    meetings = await _fold(connection, events, _CONFERENCE, ConferenceFact, fold_conference)
    for meeting in meetings.values():
        found += counter.of_conference(meeting)
    figures = await _fold(connection, events, _FIGURE, FigureFact, fold_figure)
    for figure in figures.values():
        found += counter.of_figure(figure)
    counted = touched | activities.keys() | meetings.keys() | figures.keys()
    await contributions.replace(connection, counted, found)
    await _note_handoffs(connection, events)


async def _fold_consultations(
    connection: AsyncConnection, events: Sequence[Event]
) -> dict[UUID, ConsultationFact]:
    told = [
        (event.subject, event.data) for event in events if isinstance(event.data, _CONSULTATION)
    ]
    if not told:
        return {}
    known = await facts.load(connection, ConsultationFact, {subject for subject, _ in told})
    for subject, data in told:
        folded = fold_consultation(known.get(subject), subject, data)
        if folded is not None:
            known[subject] = folded
    await facts.store(connection, list(known.values()))
    return known


async def _fold_legs(connection: AsyncConnection, events: Sequence[Event]) -> set[UUID]:
    told = [(event.time, event.data) for event in events if isinstance(event.data, LegEvent)]
    if not told:
        return set()
    known = await facts.load(connection, LegFact, {data.referral_id for _, data in told})
    for at, data in told:
        known[data.referral_id] = fold_leg(known.get(data.referral_id), data, at)
    await facts.store(connection, list(known.values()))
    return {leg.consultation_id for leg in known.values()}


async def _fold(
    connection: AsyncConnection,
    events: Sequence[Event],
    contracts: tuple[type, ...],
    kind: type[Fact],
    fold: Callable[[Fact | None, UUID, Any], Fact | None],
) -> dict[UUID, Fact]:
    """Fold the events of these contracts into the facts of their subjects, and store those."""
    told = [(event.subject, event.data) for event in events if isinstance(event.data, contracts)]
    if not told:
        return {}
    known = await facts.load(connection, kind, {subject for subject, _ in told})
    for subject, data in told:
        folded = fold(known.get(subject), subject, data)
        if folded is not None:
            known[subject] = folded
    await facts.store(connection, list(known.values()))
    return known


async def _note_handoffs(connection: AsyncConnection, events: Sequence[Event]) -> None:
    holders, unmet, changes = [], [], []
    overdue: dict[UUID, datetime] = {}
    for event in events:
        common = {"event_id": event.id, "happened_at": event.time}
        if isinstance(event.data, HolderChangedV1):
            holders.append(common | event.data.model_dump(exclude={"consultation_id"}))
        elif isinstance(event.data, UnmetNeedRecordedV1):
            unmet.append(common | event.data.model_dump())
        elif isinstance(event.data, CaseEvent):
            changes.append(common | _case_change(event.data))
            if isinstance(event.data, ClockRanOutV1) and _to_answer(event.data):
                overdue[event.data.referral_id or event.subject] = event.time
    await facts.note_holders(connection, holders)
    await facts.note_unmet(connection, unmet)
    await facts.note_case_changes(connection, changes)
    await facts.note_overdue(connection, overdue)


def _case_change(told: CaseEvent) -> dict[str, object]:
    names = ("clock", "agency", "outcome", "ended_by")
    words = {name: getattr(told, name, None) for name in names}
    return words | {"case_id": told.case_id, "kind": _CASE_KINDS[type(told)]}


def _to_answer(told: ClockRanOutV1) -> bool:
    return told.referral_id is not None and told.clock.startswith(_ACCEPT)
