"""What records said before they were corrected or cancelled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.storage.tables import revision


@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier state of a record: what it said until it was changed, by whom, when and why."""

    revision: int
    facts: dict[str, Any]
    reason: str
    changed_by: str
    changed_at: datetime


async def keep(
    connection: AsyncConnection,
    record_id: UUID,
    number: int,
    facts: Mapping[str, Any],
    *,
    reason: str,
    changed_by: str,
    now: datetime,
) -> None:
    """Keep what revision `number` said; `facts` must be values of JSON."""
    await connection.execute(
        insert(revision).values(
            record_id=record_id,
            revision=number,
            facts=dict(facts),
            reason=reason,
            changed_by=changed_by,
            changed_at=now,
        )
    )


async def history_of(connection: AsyncConnection, record_id: UUID) -> list[Revision]:
    """The earlier states of a record, oldest first."""
    query = (
        select(
            revision.c.revision,
            revision.c.facts,
            revision.c.reason,
            revision.c.changed_by,
            revision.c.changed_at,
        )
        .where(revision.c.record_id == record_id)
        .order_by(revision.c.revision)
    )
    return [Revision(**row) for row in (await connection.execute(query)).mappings()]
