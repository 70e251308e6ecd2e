"""When cases ended, for what is kept as long as a case is open and some years more."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.storage.tables import case_end


async def note(connection: AsyncConnection, ends: Mapping[UUID, datetime | None]) -> None:
    """Store when these cases ended; None for one that is open again."""
    rows = [{"case_id": case_id, "ended_at": ended_at} for case_id, ended_at in ends.items()]
    new = insert(case_end).values(rows)
    await connection.execute(
        new.on_conflict_do_update(
            index_elements=[case_end.c.case_id], set_={"ended_at": new.excluded.ended_at}
        )
    )
