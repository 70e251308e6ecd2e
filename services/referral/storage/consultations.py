"""What cases need of their consultations, as intake last told."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.storage.tables import case, consultation


async def note(
    connection: AsyncConnection,
    *,
    consultation_id: UUID,
    case_id: UUID,
    desk: str,
    revision: int,
    received_at: datetime,
    topics: Sequence[str],
    urgency: str,
    facts: dict[str, str],
) -> None:
    """Store what a consultation says now; an older revision never replaces a newer one."""
    statement = insert(consultation).values(
        id=consultation_id,
        case_id=case_id,
        desk=desk,
        revision=revision,
        received_at=received_at,
        topics=list(topics),
        urgency=urgency,
        facts=facts,
    )
    names = ("case_id", "revision", "received_at", "topics", "urgency", "facts")
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[consultation.c.id],
            set_={name: statement.excluded[name] for name in names},
            where=consultation.c.revision < statement.excluded.revision,
        )
    )


async def cancel(connection: AsyncConnection, consultation_id: UUID, revision: int) -> None:
    """Mark a consultation as cancelled."""
    await connection.execute(
        update(consultation)
        .where(consultation.c.id == consultation_id, consultation.c.revision < revision)
        .values(cancelled=True, revision=revision)
    )


async def case_opened_by(connection: AsyncConnection, consultation_id: UUID) -> UUID | None:
    """The case that this consultation opened; None for one that only joined a case."""
    query = select(case.c.id).where(case.c.consultation_id == consultation_id)
    return (await connection.execute(query)).scalar_one_or_none()
