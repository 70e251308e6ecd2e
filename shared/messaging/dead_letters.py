"""Events that could not be applied: kept with their error, later ones of the subject behind."""

import json
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import among
from shared.messaging.event import UnreadableEvent
from shared.messaging.tables import dead_letter

OPEN = ("failed", "parked")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One kept event. `failed` has an error of its own, `parked` waits behind a failed one."""

    number: int
    stream: str
    position: int
    event_id: UUID | None
    subject: UUID | None
    event: str
    state: str
    error: str
    attempts: int
    since: datetime
    ended_at: datetime | None


def describe(error: BaseException) -> str:
    """The error's kind and place. Its message stays out, for it may quote what somebody wrote."""
    if isinstance(error, UnreadableEvent):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].name}:{frames[-1].lineno}" if frames else ""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return f"{type(error).__name__}{f' {state}' if state else ''}{place}"


def identify(event: str) -> tuple[UUID | None, UUID | None]:
    """The event's id and subject, as far as an unreadable envelope still shows them."""
    try:
        envelope = json.loads(event)
        return UUID(envelope["id"]), UUID(envelope["subject"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, None


async def keep(
    connection: AsyncConnection,
    *,
    stream: str,
    position: int,
    event: str,
    state: str,
    error: str,
    attempts: int,
) -> None:
    """Put an event among the dead letters, as `failed` or `parked`."""
    event_id, subject = identify(event)
    await connection.execute(
        insert(dead_letter).values(
            stream=stream,
            position=position,
            event_id=event_id,
            subject=subject,
            event=event,
            state=state,
            error=error,
            attempts=attempts,
        )
    )


async def blocked(connection: AsyncConnection, subjects: Sequence[UUID]) -> set[UUID]:
    """The subjects with an open dead letter; what comes for them parks behind it."""
    query = (
        select(dead_letter.c.subject)
        .where(dead_letter.c.state.in_(OPEN), among(dead_letter.c.subject, subjects))
        .distinct()
    )
    return set((await connection.execute(query)).scalars())


async def find(connection: AsyncConnection, number: int) -> DeadLetter | None:
    """One dead letter by its number."""
    query = select(dead_letter).where(dead_letter.c.number == number)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else DeadLetter(**row)


async def all_open(connection: AsyncConnection) -> list[DeadLetter]:
    """Every open dead letter, oldest first."""
    query = select(dead_letter).where(dead_letter.c.state.in_(OPEN)).order_by(dead_letter.c.number)
    return [DeadLetter(**row) for row in (await connection.execute(query)).mappings()]


async def parked_behind(connection: AsyncConnection, letter: DeadLetter) -> list[DeadLetter]:
    """What waits for this subject, in the order it was written."""
    query = (
        select(dead_letter)
        .where(dead_letter.c.state.in_(OPEN), dead_letter.c.subject == letter.subject)
        .where(dead_letter.c.stream == letter.stream, dead_letter.c.position > letter.position)
        .order_by(dead_letter.c.position)
    )
    return [DeadLetter(**row) for row in (await connection.execute(query)).mappings()]


async def settle(connection: AsyncConnection, number: int, state: str) -> None:
    """End a dead letter as `replayed` or `discarded`; the row stays as a record."""
    await connection.execute(
        update(dead_letter)
        .where(dead_letter.c.number == number)
        .values(state=state, ended_at=func.now())
    )


async def passed_over(connection: AsyncConnection, stream: str) -> set[int]:
    """The positions of a stream that were read and not applied: those waiting, and given up."""
    query = select(dead_letter.c.position).where(
        dead_letter.c.stream == stream, dead_letter.c.state.in_((*OPEN, "discarded"))
    )
    return set((await connection.execute(query)).scalars())


async def count_open(connection: AsyncConnection, stream: str | None = None) -> int:
    """How many events of this stream, or of all, wait among the dead letters."""
    query = select(func.count()).where(dead_letter.c.state.in_(OPEN))
    if stream is not None:
        query = query.where(dead_letter.c.stream == stream)
    return int((await connection.execute(query)).scalar_one())
