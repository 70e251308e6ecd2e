"""Consultations of this desk that may be about the same person: a soft warning, never a match."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.domain.consultation import Consultation
from services.intake.storage import likeness
from services.intake.usecases.print_slip import case_is_shielded
from shared.plan import SHIELDED_TOPICS
from shared.plan.likeness import SAME, WITHIN, tells_apart

#: As many as help: who writes the fourth knows already.
MOST = 3


async def find_duplicates(connection: AsyncConnection, record: Consultation) -> list[Consultation]:
    """The newest of this desk like `record`, whose cases go on.

    None for one about violence and none about it; none of another desk, ever.
    """
    facts = record.facts
    known = tells_apart({name: getattr(facts, name) for name in SAME})
    if not known or not SHIELDED_TOPICS.isdisjoint(facts.topics):
        return []
    if record.case_id is not None and await case_is_shielded(connection, record.case_id):
        return []
    return await likeness.open_consultations_like(connection, record, SAME, WITHIN, limit=MOST)
