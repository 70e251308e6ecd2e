"""The database's side of reading: the cursor, and the ids of what was applied already."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import as_array
from shared.messaging.tables import stream_cursor

_FRESH = text(
    "INSERT INTO inbox (event_id) SELECT unnest(CAST(:ids AS uuid[]))"
    " ON CONFLICT DO NOTHING RETURNING event_id"
)


async def read_cursor(connection: AsyncConnection, stream: str) -> int:
    """How far the stream was read; 0 before the first time."""
    query = select(stream_cursor.c.position).where(stream_cursor.c.stream == stream)
    return int((await connection.execute(query)).scalar_one_or_none() or 0)


async def lock_cursor(connection: AsyncConnection, stream: str) -> int:
    """The same, held until the transaction ends, so that one reader at a time goes on."""
    query = select(stream_cursor.c.position).where(stream_cursor.c.stream == stream)
    found = (await connection.execute(query.with_for_update())).scalar_one_or_none()
    if found is not None:
        return int(found)
    await connection.execute(
        insert(stream_cursor).values(stream=stream, position=0).on_conflict_do_nothing()
    )
    return int((await connection.execute(query.with_for_update())).scalar_one())


async def move_cursor(
    connection: AsyncConnection, stream: str, position: int, happened_at: datetime | None
) -> None:
    """The stream was read up to this event; None if it does not say when it happened."""
    values: dict[str, Any] = {"position": position}
    if happened_at is not None:
        values["happened_at"] = happened_at
    await connection.execute(
        update(stream_cursor).where(stream_cursor.c.stream == stream).values(values)
    )


async def note_new(connection: AsyncConnection, ids: Sequence[UUID]) -> set[UUID]:
    """Note these events as applied; returns those that were not before."""
    rows = await connection.execute(_FRESH, {"ids": as_array(ids)})
    return set(rows.scalars())
