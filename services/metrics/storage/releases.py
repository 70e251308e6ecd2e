"""Releases: written once, read by number, by period, by fiscal year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.published import Published, Status, YearCell
from services.metrics.storage.release_tables import release as table
from services.metrics.storage.release_tables import release_exact


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """A release as it was stored: `hash` is the SHA-256 of its canonical JSON."""

    number: int
    hash: str
    made_at: datetime
    document: Published


@dataclass(frozen=True, slots=True)
class ReleaseHead:
    """A release without its figures, for lists. `period` is a month or a fiscal year."""

    number: int
    period: str
    fiscal_year: int
    status: Status
    reason: str | None
    made_at: datetime
    hash: str


_IN_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended('release', 0))")
_WHOLE = select(table.c.number, table.c.hash, table.c.made_at, table.c.document)
_HEAD = select(
    table.c.number,
    table.c.period,
    table.c.fiscal_year,
    table.c.status,
    table.c.reason,
    table.c.made_at,
    table.c.hash,
)


def _stored(row: Row[*tuple[Any, ...]] | None) -> StoredRelease | None:
    if row is None:
        return None
    document = Published.model_validate_json(row.document)
    return StoredRelease(row.number, row.hash, row.made_at, document)


async def latest(
    connection: AsyncConnection, fiscal_year: int | None = None
) -> StoredRelease | None:
    """The newest release, of all or of those of a fiscal year."""
    query = _WHOLE.order_by(table.c.number.desc()).limit(1)
    if fiscal_year is not None:
        query = query.where(table.c.fiscal_year == fiscal_year)
    return _stored((await connection.execute(query)).one_or_none())


async def by_number(connection: AsyncConnection, number: int) -> StoredRelease | None:
    """The release with this number."""
    query = _WHOLE.where(table.c.number == number)
    return _stored((await connection.execute(query)).one_or_none())


async def with_numbers(connection: AsyncConnection, numbers: Sequence[int]) -> list[StoredRelease]:
    """The releases with these numbers, the newest first."""
    query = _WHOLE.where(table.c.number.in_(numbers)).order_by(table.c.number.desc())
    found = [_stored(row) for row in await connection.execute(query)]
    return [one for one in found if one is not None]


async def all_releases(connection: AsyncConnection) -> list[ReleaseHead]:
    """The heads of all releases, the newest first."""
    rows = await connection.execute(_HEAD.order_by(table.c.number.desc()))
    return [ReleaseHead(*row) for row in rows]


async def closed_year(connection: AsyncConnection, year: int) -> dict[str, YearCell]:
    """What the newest release that closed this fiscal year says of each indicator."""
    query = (
        _WHOLE.where(table.c.period == str(year), table.c.status != "provisional")
        .order_by(table.c.number.desc())
        .limit(1)
    )
    closed = _stored((await connection.execute(query)).one_or_none())
    if closed is None:
        return {}
    return {line.id: line.years[-1] for line in closed.document.lines}


async def of_year(connection: AsyncConnection, fiscal_year: int) -> list[tuple[StoredRelease, str]]:
    """The releases of a fiscal year in their order, each with its exact figures as JSON."""
    query = (
        _WHOLE.add_columns(release_exact.c.figures)
        .join(release_exact, release_exact.c.number == table.c.number)
        .where(table.c.fiscal_year == fiscal_year)
        .order_by(table.c.number)
    )
    found = [(_stored(row), row.figures) for row in await connection.execute(query)]
    return [(one, figures) for one, figures in found if one is not None]


async def lock(connection: AsyncConnection) -> None:
    """Let nobody else make a release before this transaction ends: numbers have no holes."""
    await connection.execute(_IN_TURN)


async def store(
    connection: AsyncConnection,
    document: Published,
    *,
    canonical: str,
    digest: str,
    made_by: UUID,
    figures: str,
) -> None:
    """Write a release and the exact figures behind it."""
    row = {name: getattr(document, name) for name in _COPIED}
    row |= {"made_by": made_by, "hash": digest, "document": canonical}
    await connection.execute(insert(table).values(row))
    exact = {"number": document.number, "figures": figures}
    await connection.execute(insert(release_exact).values(exact))


_COPIED: Sequence[str] = (
    "number",
    "period",
    "fiscal_year",
    "status",
    "reason",
    "made_at",
    "previous",
)
