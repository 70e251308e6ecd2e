"""Versions of counting rules: which are counted, which is live, and how far a new one came."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    delete,
    exists,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.rule_versions import RuleState, RuleVersion
from services.metrics.storage.rule_tables import counting_rule as table
from services.metrics.storage.tables import contribution
from shared.plan.counting import read_rule

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
_SHARE = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:key, 0))")

#: Contributions by the version in force. Before any version was kept, all are.
LIVE: ColumnElement[bool] = ~exists().where(
    table.c.indicator == contribution.c.indicator,
    table.c.state == "active",
    table.c.version != contribution.c.rule_version,
)


def counted_by(indicator: str, version: int) -> ColumnElement[bool]:
    """Contributions to an indicator by one version of its rule."""
    return and_(contribution.c.indicator == indicator, contribution.c.rule_version == version)


async def lock_counting(connection: AsyncConnection) -> None:
    """Nobody else counts until this transaction ends.

    Two readers may have a consultation and a leg of it at once: each would count without what
    the other has not committed yet.
    """
    await connection.execute(_LOCK, {"key": "counting"})


async def hold_versions(connection: AsyncConnection) -> None:
    """No version is switched until this transaction ends, so that all it reads is of one kind."""
    await connection.execute(_SHARE, {"key": "rule versions"})


async def lock_versions(connection: AsyncConnection) -> None:
    """Nobody reads figures or counts until this transaction ends; for a moment only."""
    await lock_counting(connection)
    await connection.execute(_LOCK, {"key": "rule versions"})


def _version(row: Row[Any]) -> RuleVersion:
    return RuleVersion(row.indicator, read_rule(row.rule), row.state)


async def versions(
    connection: AsyncConnection, states: Sequence[RuleState] | None = None
) -> list[RuleVersion]:
    """The versions in these states, or all; by indicator, the oldest first."""
    query = select(table).order_by(table.c.indicator, table.c.version)
    if states is not None:
        query = query.where(table.c.state.in_(states))
    return [_version(row) for row in await connection.execute(query)]


async def version_keys(
    connection: AsyncConnection, states: Sequence[RuleState]
) -> tuple[tuple[str, int], ...]:
    """Which versions are in these states: indicator and number."""
    query = (
        select(table.c.indicator, table.c.version)
        .where(table.c.state.in_(states))
        .order_by(table.c.indicator, table.c.version)
    )
    return tuple((row.indicator, row.version) for row in await connection.execute(query))


async def keep(connection: AsyncConnection, changed: Iterable[RuleVersion], now: datetime) -> None:
    """Store new versions and changed states; a version that counts again begins from nothing."""
    for one in changed:
        place = (table.c.indicator == one.indicator, table.c.version == one.version)
        values: dict[str, Any] = {"state": one.state, "rule": one.rule.as_data()}
        if one.state == "counting":
            values |= {"counted_kind": 0, "counted_id": None}
            await connection.execute(
                delete(contribution).where(counted_by(one.indicator, one.version))
            )
        done = await connection.execute(update(table).where(*place).values(values))
        if done.rowcount == 0:
            names = {"indicator": one.indicator, "version": one.version, "noted_at": now}
            await connection.execute(insert(table).values(values | names))


async def adopt_contributions(connection: AsyncConnection) -> None:
    """What was counted before versions were kept was counted by those in force."""
    statement = (
        update(contribution)
        .where(
            contribution.c.indicator == table.c.indicator,
            contribution.c.rule_version != table.c.version,
        )
        .values(rule_version=table.c.version)
    )
    await connection.execute(statement)


async def recounting(
    connection: AsyncConnection,
) -> tuple[RuleVersion, int, UUID | None] | None:
    """A version that is being counted: the kind of facts it is at, and the last of them."""
    query = select(table).where(table.c.state == "counting").order_by(table.c.indicator).limit(1)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else (_version(row), row.counted_kind, row.counted_id)


async def note_progress(
    connection: AsyncConnection, one: RuleVersion, kind: int, last: UUID | None
) -> None:
    """How far this version has been counted."""
    await connection.execute(
        update(table)
        .where(table.c.indicator == one.indicator, table.c.version == one.version)
        .values(counted_kind=kind, counted_id=last)
    )


async def move(
    connection: AsyncConnection,
    indicator: str,
    version: int,
    state: RuleState,
    *,
    by: tuple[UUID, datetime] | None = None,
) -> None:
    """Put a version into another state; `by` whom and when, where somebody did it."""
    values: dict[str, Any] = {"state": state}
    if by is not None:
        values |= {"switched_by": by[0], "switched_at": by[1]}
    await connection.execute(
        update(table)
        .where(table.c.indicator == indicator, table.c.version == version)
        .values(values)
    )


async def remove_some(connection: AsyncConnection, one: RuleVersion, most: int) -> int:
    """Remove up to `most` contributions of a version that has left; how many there were."""
    some = (
        select(contribution.c.number).where(counted_by(one.indicator, one.version)).limit(most)
    ).scalar_subquery()
    done = await connection.execute(delete(contribution).where(contribution.c.number.in_(some)))
    return done.rowcount


async def years_counted(connection: AsyncConnection, indicator: str) -> list[int]:
    """The fiscal years in which any version of an indicator's rule counted something."""
    query = (
        select(contribution.c.fiscal_year)
        .where(contribution.c.indicator == indicator)
        .distinct()
        .order_by(contribution.c.fiscal_year)
    )
    return list((await connection.execute(query)).scalars())
