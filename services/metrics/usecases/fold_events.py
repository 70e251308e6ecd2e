"""Fold a batch of events into the facts of their subjects, and store those."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, get_args
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

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
    fold_term,
)
from services.metrics.storage import facts
from shared.contracts import (
    CaseClosedV1,
    CaseEscalatedV1,
    CaseReopenedV1,
    CaseVoidedV1,
    ClockRanOutV1,
    Contract,
    HolderChangedV1,
    UnmetNeedRecordedV1,
)
from shared.contracts.referral import CaseEvent, LegEvent
from shared.messaging.event import Event

_CONSULTATION = get_args(ConsultationTold)
_ACTIVITY = get_args(ActivityTold)
_CONFERENCE = get_args(ConferenceTold)
_FIGURE = get_args(FigureTold)
Fact = TypeVar("Fact", ConsultationFact, ActivityFact, ConferenceFact, FigureFact)
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


@dataclass(frozen=True, slots=True)
class Folded:
    """What a batch changed: facts as they stand now; of legs only whose consultation it was.

    `new` are the consultations among them that nothing was known of.
    """

    consultations: dict[UUID, ConsultationFact]
    new: set[UUID]
    consultations_of_legs: set[UUID]
    activities: dict[UUID, ActivityFact]
    conferences: dict[UUID, ConferenceFact]
    figures: dict[UUID, FigureFact]


async def fold_events(connection: AsyncConnection, events: Sequence[Event]) -> Folded:
    """Fold and store a batch, in its order. However a log is cut into batches, facts are equal."""
    consultations, new = await _fold(
        connection, events, _CONSULTATION, ConsultationFact, fold_consultation
    )
    legs = await _fold_legs(connection, events)
    activities, _ = await _fold(connection, events, _ACTIVITY, ActivityFact, fold_activity)
    meetings, _ = await _fold(connection, events, _CONFERENCE, ConferenceFact, fold_conference)
    figures, _ = await _fold(connection, events, _FIGURE, FigureFact, fold_figure)
    await _note_handoffs(connection, events)
    return Folded(consultations, new, legs, activities, meetings, figures)


async def _fold(
    connection: AsyncConnection,
    events: Sequence[Event],
    contracts: tuple[type, ...],
    kind: type[Fact],
    fold: Callable[[Fact | None, UUID, Any], Fact | None],
) -> tuple[dict[UUID, Fact], set[UUID]]:
    """The facts of these contracts' subjects, stored, and which of the subjects are new."""
    told = [(event.subject, event.data) for event in events if isinstance(event.data, contracts)]
    if not told:
        return {}, set()
    subjects = {subject for subject, _ in told}
    known = await facts.load(connection, kind, subjects)
    new = subjects - known.keys()
    for subject, data in told:
        folded = fold(known.get(subject), subject, data)
        if folded is not None:
            known[subject] = folded
    await facts.store(connection, list(known.values()))
    return known, new


async def _fold_legs(connection: AsyncConnection, events: Sequence[Event]) -> set[UUID]:
    """Store the legs of these events; the consultations of those that something happened to."""
    told = [(leg_id, event) for event in events if (leg_id := _leg_of(event.data)) is not None]
    if not told:
        return set()
    known = await facts.load(connection, LegFact, {leg_id for leg_id, _ in told})
    touched = set()
    for leg_id, event in told:
        leg = known.get(leg_id)
        if isinstance(event.data, LegEvent):
            known[leg_id] = fold_leg(leg, event.data, event.time)
            touched.add(event.data.consultation_id)
        elif leg is not None:
            known[leg_id] = fold_term(leg, event.time)
    await facts.store(connection, list(known.values()))
    return touched


def _leg_of(told: Contract) -> UUID | None:
    """The leg that an event changes: one about it, or that its term to answer ran out."""
    if isinstance(told, LegEvent):
        return told.referral_id
    if isinstance(told, ClockRanOutV1) and told.clock.startswith(_ACCEPT):
        return told.referral_id
    return None


async def _note_handoffs(connection: AsyncConnection, events: Sequence[Event]) -> None:
    holders, unmet, changes = [], [], []
    for event in events:
        common = {"event_id": event.id, "happened_at": event.time}
        if isinstance(event.data, HolderChangedV1):
            holders.append(common | event.data.model_dump(exclude={"consultation_id"}))
        elif isinstance(event.data, UnmetNeedRecordedV1):
            unmet.append(common | event.data.model_dump())
        elif isinstance(event.data, CaseEvent):
            changes.append(common | _case_change(event.data))
    await facts.note_holders(connection, holders)
    await facts.note_unmet(connection, unmet)
    await facts.note_case_changes(connection, changes)


def _case_change(told: CaseEvent) -> dict[str, object]:
    names = ("clock", "agency", "outcome", "ended_by")
    words = {name: getattr(told, name, None) for name in names}
    return words | {"case_id": told.case_id, "kind": _CASE_KINDS[type(told)]}
