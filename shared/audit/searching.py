"""Search one database's trail: newest first, a page at a time."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.audit.tables import audit
from shared.japanese_time import JST


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. Days are Japan's, both included; `after` is the last row of a page."""

    first: date | None = None
    last: date | None = None
    who: str | None = None
    act: str | None = None
    record: str | None = None
    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is shown; `position` is None until it is chained."""

    id: UUID
    at: datetime
    act: str
    outcome: str
    ground: str
    who: str
    role: str
    agency: str | None
    kind: str | None
    record: str | None
    position: int | None


_COLUMNS = [audit.c[name] for name in Row.__dataclass_fields__]


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), JST)


async def search(connection: AsyncConnection, wanted: Wanted, most: int) -> list[Row]:
    """Up to `most` rows, newest first."""
    query = select(*_COLUMNS).order_by(audit.c.at.desc(), audit.c.id.desc()).limit(most)
    if wanted.first is not None:
        query = query.where(audit.c.at >= _begin_of(wanted.first))
    if wanted.last is not None:
        query = query.where(audit.c.at < _begin_of(wanted.last + timedelta(days=1)))
    for name in ("who", "act", "record"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(audit.c[name] == value)
    if wanted.after is not None:
        place = select(audit.c.at, audit.c.id).where(audit.c.id == wanted.after)
        query = query.where(tuple_(audit.c.at, audit.c.id) < place.scalar_subquery())
    return [Row(**row) for row in (await connection.execute(query)).mappings()]
