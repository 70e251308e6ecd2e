"""The terms that run, and when to look at each of them again."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.clocks import RunningClock
from services.referral.domain.ladder import Ladder
from services.referral.storage.tables import case, clock

_NAMES = tuple(field.name for field in fields(Ladder))


async def of_case(connection: AsyncConnection, case_id: UUID) -> list[Ladder]:
    """The terms of a case and its legs, the next one first."""
    columns = [clock.c[name] for name in _NAMES]
    query = select(*columns).where(clock.c.case_id == case_id).order_by(clock.c.next_at)
    return [Ladder(**row) for row in (await connection.execute(query)).mappings()]


def _row_of(case_id: UUID, wanted: RunningClock) -> ColumnElement[bool]:
    return (
        (clock.c.case_id == case_id)
        & clock.c.leg_id.is_not_distinct_from(wanted.leg_id)
        & (clock.c.kind == wanted.kind)
    )


async def add(connection: AsyncConnection, case_id: UUID, started: Sequence[Ladder]) -> None:
    """Store terms that begin to run."""
    if started:
        rows = [{name: getattr(new, name) for name in _NAMES} for new in started]
        await connection.execute(insert(clock).values(case_id=case_id), rows)


async def remove(connection: AsyncConnection, case_id: UUID, met: RunningClock) -> None:
    """Forget a term that was met."""
    await connection.execute(delete(clock).where(_row_of(case_id, met)))


async def move(connection: AsyncConnection, case_id: UUID, after: Ladder) -> None:
    """Store how far a term's ladder went."""
    names = ("round", "half_at", "due_at", "next_at")
    values = {name: getattr(after, name) for name in names}
    await connection.execute(update(clock).where(_row_of(case_id, after.clock)).values(values))


async def cases_due(connection: AsyncConnection, now: datetime, most: int) -> list[UUID]:
    """Cases with a term to look at now, the longest waiting first."""
    query = (
        select(clock.c.case_id)
        .where(clock.c.next_at <= now)
        .order_by(clock.c.next_at, clock.c.case_id)
        .limit(most)
    )
    return list(dict.fromkeys((await connection.execute(query)).scalars()))


async def open_cases_without(connection: AsyncConnection, most: int) -> list[UUID]:
    """Open cases on which no term runs: those that were written before terms were kept."""
    running = select(clock.c.case_id).where(clock.c.case_id == case.c.id).exists()
    query = select(case.c.id).where(case.c.state == "open", ~running).limit(most)
    return list((await connection.execute(query)).scalars())
