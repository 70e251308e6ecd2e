"""Fill the tables beside the live ones: logs into facts, facts into contributions."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.metrics.domain.contribution import Contribution
from services.metrics.domain.contributions import Counter
from services.metrics.domain.counted import COUNTED
from services.metrics.domain.rebuilding import Standing
from services.metrics.storage import contributions, facts
from services.metrics.usecases.count_events import count_events
from services.metrics.usecases.fold_events import fold_events
from services.metrics.usecases.recount_facts import KINDS, contributions_of
from shared.database import SERVICE, transaction
from shared.messaging import dead_letters, inbox
from shared.messaging.apply import Entry
from shared.messaging.event import Event, UnreadableEvent
from shared.messaging.log_reader import LogReader
from shared.messaging.reader import BATCH

#: How many events are folded, and facts counted, in one transaction.
CHUNK = 4_000

Stage = Literal["read", "count", "compare"]
#: Told how far a stage came: so many of so many; of facts nobody knows how many there will be.
Tell = Callable[[Stage, int, int], None]


async def standing(connection: AsyncConnection, logs: Sequence[LogReader]) -> Standing:
    """How far the live figures have read, as this transaction sees it."""
    positions, passed_over = {}, {}
    for one in logs:
        positions[one.stream] = await inbox.read_cursor(connection, one.stream)
        passed_over[one.stream] = frozenset(await dead_letters.passed_over(connection, one.stream))
    return Standing(positions, passed_over)


def _read(stream: str, entries: Sequence[Entry], skipped: frozenset[int]) -> list[Event]:
    """The events that are to be counted. Raises UnreadableEvent that says where it stands."""
    events = []
    for entry in entries:
        if entry.position not in skipped:
            try:
                event = Event.from_json(entry.event)
            except UnreadableEvent as error:
                raise UnreadableEvent(f"{stream} {entry.position}: {error}") from None
            if type(event.data) in COUNTED:
                events.append(event)
    return events


async def fold_logs(
    engine: AsyncEngine, logs: Sequence[LogReader], now: Standing, tell: Tell
) -> None:
    """Fold each log into facts, side by side: no two of them tell of the same facts."""
    whole, done = sum(now.positions.values()), 0

    async def fold(one: LogReader) -> None:
        nonlocal done
        skipped = now.skipped(one.stream)
        async for entries in one.entries(0, now.position(one.stream), CHUNK):
            async with transaction(engine, SERVICE) as connection:
                await fold_events(connection, _read(one.stream, entries, skipped))
            done += len(entries)
            tell("read", done, whole)

    async with asyncio.TaskGroup() as tasks:
        for one in logs:
            tasks.create_task(fold(one))


async def count_facts(engine: AsyncEngine, counter: Counter, tell: Tell) -> None:
    """Count every fact: a chunk is read and counted while the one before is being stored."""
    done = 0
    waiting: asyncio.Queue[list[Contribution] | None] = asyncio.Queue(maxsize=1)

    async def count() -> None:
        nonlocal done
        for kind in KINDS:
            last: UUID | None = None
            while True:
                async with transaction(engine, SERVICE) as connection:
                    subjects = await facts.subjects_after(connection, kind, last, CHUNK)
                    found = await contributions_of(connection, counter, kind, subjects)
                if not subjects:
                    break
                await waiting.put(found)
                last = subjects[-1]
                done += len(subjects)
                tell("count", done, 0)
        await waiting.put(None)

    async def store() -> None:
        while (found := await waiting.get()) is not None:
            async with transaction(engine, SERVICE) as connection:
                await contributions.add(connection, found)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(count())
        tasks.create_task(store())


async def read_on(
    connection: AsyncConnection,
    logs: Sequence[LogReader],
    before: Standing,
    now: Standing,
    counter: Counter,
) -> None:
    """Count what the live figures have counted since `before`, up to `now`.

    What was replayed from the dead letters since then comes first: nothing of the same subject
    was applied between.
    """
    for one in logs:
        for place in now.late(before, one.stream):
            async for entries in one.entries(place - 1, place, 1):
                events = _read(one.stream, entries, frozenset())
                await count_events(connection, events, counter)
        begin, end = before.position(one.stream), now.position(one.stream)
        async for entries in one.entries(begin, end, BATCH):
            events = _read(one.stream, entries, now.skipped(one.stream))
            await count_events(connection, events, counter)
