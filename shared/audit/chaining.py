"""Chain the rows: after commit, in one order, each with the hash of the one before it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.audit.tables import audit
from shared.database import SERVICE, transaction

#: What the first row follows.
NOTHING = bytes(32)
BATCH = 500
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('audit chain', 0))")
_WAITING = (
    select(audit).where(audit.c.position.is_(None)).order_by(audit.c.id).limit(bindparam("most"))
)
_LAST = (
    select(audit.c.position, audit.c.hash)
    .where(audit.c.position.is_not(None))
    .order_by(audit.c.position.desc())
    .limit(1)
)
_PLACE = (
    update(audit)
    .where(audit.c.id == bindparam("row_id"))
    .values(position=bindparam("place"), previous=bindparam("before"), hash=bindparam("own"))
)
#: Everything about a row but its place in the chain.
CONTENT = tuple(
    column.name for column in audit.c if column.name not in ("position", "previous", "hash")
)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value


def hash_of(row: Mapping[str, Any], previous: bytes) -> bytes:
    """SHA-256 over the row before it and this one as JSON: sorted keys, UTC, no spaces.

    The position is not in it: the links are the order, and a row whose number alone was moved is
    told from one whose words were changed.
    """
    content = {name: _plain(row[name]) for name in CONTENT}
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(previous + written.encode()).digest()


async def last_place(connection: AsyncConnection) -> tuple[int, bytes]:
    """Position and hash of the last chained row; 0 and nothing where there is none."""
    found = (await connection.execute(_LAST)).one_or_none()
    return (0, NOTHING) if found is None else (found.position, found.hash)


async def count_unchained(engine: AsyncEngine) -> int:
    """How many rows wait for their place."""
    query = select(func.count()).where(audit.c.position.is_(None))
    async with transaction(engine, SERVICE) as connection:
        return int((await connection.execute(query)).scalar_one())


async def chain(engine: AsyncEngine, most: int = BATCH) -> int:
    """Give waiting rows the next dense positions; returns how many got one.

    Rows seen here are committed, and the lock lets one process at a time chain: two of them at
    once, or a row that commits late, leave no hole and no fork.
    """
    async with transaction(engine, SERVICE) as connection:
        if (await connection.execute(_WAITING, {"most": 1})).first() is None:
            return 0
        await connection.execute(_LOCK)
        position, previous = await last_place(connection)
        places = []
        for row in (await connection.execute(_WAITING, {"most": most})).mappings():
            position += 1
            own = hash_of(dict(row), previous)
            places.append({"row_id": row["id"], "place": position, "before": previous, "own": own})
            previous = own
        if places:
            await connection.execute(_PLACE, places)
        return len(places)
