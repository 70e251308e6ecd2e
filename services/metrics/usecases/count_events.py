"""Count a batch of events: fold them into facts, and recount what those facts contribute."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.contribution import Contribution
from services.metrics.domain.contributions import Counter
from services.metrics.domain.facts import ConsultationFact, LegFact
from services.metrics.storage import contributions, facts, rules
from services.metrics.usecases.fold_events import fold_events
from services.metrics.usecases.rules_in_force import CurrentCounter
from shared.messaging.event import Event


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
    changed = await fold_events(connection, events)
    touched = changed.consultations.keys() | changed.consultations_of_legs
    found: list[Contribution] = []
    legs: dict[UUID, list[LegFact]] = {}
    if touched:
        unchanged = touched - changed.consultations.keys()
        known = changed.consultations | await facts.load(connection, ConsultationFact, unchanged)
        legs = await facts.legs_of_consultations(connection, touched)
        for subject in touched:
            found += counter.of_consultation(known.get(subject), legs.get(subject, []))
    for activity in changed.activities.values():
        found += counter.of_activity(activity)
    for meeting in changed.conferences.values():
        found += counter.of_conference(meeting)
    for figure in changed.figures.values():
        found += counter.of_figure(figure)
    # A consultation that is new, and without a leg, has no contributions to replace.
    others = changed.activities.keys() | changed.conferences.keys() | changed.figures.keys()
    counted = (touched - (changed.new - legs.keys())) | others
    await contributions.replace(connection, counted, found)
