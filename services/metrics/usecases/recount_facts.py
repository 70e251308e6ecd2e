"""What stored facts contribute, whatever was counted of them before."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.contribution import Contribution
from services.metrics.domain.contributions import Counter
from services.metrics.domain.facts import ActivityFact, ConferenceFact, ConsultationFact, FigureFact
from services.metrics.storage import facts

#: The kinds of facts that something is counted under; legs count under their consultation.
KINDS = (ConsultationFact, ActivityFact, ConferenceFact, FigureFact)


async def contributions_of(
    connection: AsyncConnection,
    counter: Counter,
    kind: type[ConsultationFact | ActivityFact | ConferenceFact | FigureFact],
    subjects: Sequence[UUID],
) -> list[Contribution]:
    """The contributions of facts of one kind with these ids."""
    found: list[Contribution] = []
    if kind is ConsultationFact:
        known = await facts.load(connection, ConsultationFact, subjects)
        legs = await facts.legs_of_consultations(connection, subjects)
        for subject in subjects:
            found += counter.of_consultation(known.get(subject), legs.get(subject, []))
    elif kind is ActivityFact:
        for activity in (await facts.load(connection, ActivityFact, subjects)).values():
            found += counter.of_activity(activity)
    elif kind is ConferenceFact:
        for meeting in (await facts.load(connection, ConferenceFact, subjects)).values():
            found += counter.of_conference(meeting)
    else:
        for figure in (await facts.load(connection, FigureFact, subjects)).values():
            found += counter.of_figure(figure)
    return found
