"""Apply a batch of stream entries once each: state, inbox and cursor in one transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.database import SERVICE, is_transient, transaction
from shared.messaging import dead_letters, inbox
from shared.messaging.event import Event, UnreadableEvent
from shared.messaging.subscription import Subscriptions, runs

log = structlog.get_logger()

#: How often one event is tried before it goes to the dead letters.
DELIVERIES = 5


class StreamGap(Exception):
    """The stream lacks positions that were never read here; reading must begin again behind."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it was read: its position and its envelope."""

    position: int
    event: str


class Applier:
    """Applies one stream's entries to one service's database."""

    def __init__(
        self,
        engine: AsyncEngine,
        stream: str,
        subscriptions: Subscriptions,
        *,
        pause: float = 0.05,
    ) -> None:
        self._engine = engine
        self._stream = stream
        self._subscriptions = subscriptions
        self._pause = pause

    async def apply(self, entries: Sequence[Entry]) -> None:
        """Apply these entries, or raise a transient fault with nothing applied.

        A batch that fails for another reason is tried one by one; what still fails is kept
        among the dead letters, and reading goes on.
        """
        try:
            async with transaction(self._engine, SERVICE) as connection:
                new = await self._not_read_yet(connection, entries)
                if new:
                    await self._apply_all(connection, new)
        except StreamGap:
            raise
        except Exception as error:
            if is_transient(error):
                raise
            log.warning(
                "batch_taken_apart", stream=self._stream, error=dead_letters.describe(error)
            )
            for entry in entries:
                await self._apply_one(entry)

    async def _not_read_yet(
        self, connection: AsyncConnection, entries: Sequence[Entry]
    ) -> list[Entry]:
        cursor = await inbox.lock_cursor(connection, self._stream)
        new = [entry for entry in entries if entry.position > cursor]
        for expected, entry in enumerate(new, start=cursor + 1):
            if entry.position != expected:
                raise StreamGap(f"{self._stream} lacks {expected}")
        return new

    async def _apply_all(self, connection: AsyncConnection, entries: Sequence[Entry]) -> None:
        told = {entry.position: Event.from_json(entry.event) for entry in entries}
        end = entries[-1].position
        await inbox.move_cursor(connection, self._stream, end, told[end].time)
        events = {
            position: event
            for position, event in told.items()
            if type(event.data) in self._subscriptions
        }
        if not events:
            return
        blocked = await dead_letters.blocked(connection, [e.subject for e in events.values()])
        for entry in entries:
            event = events.get(entry.position)
            if event is not None and event.subject in blocked:
                del events[entry.position]
                await self._park(connection, entry)
        fresh = await inbox.note_new(connection, [event.id for event in events.values()])
        await self._handle(connection, [event for event in events.values() if event.id in fresh])

    async def _handle(self, connection: AsyncConnection, events: Sequence[Event]) -> None:
        for handler, run in runs(self._subscriptions, events):
            await handler(connection, run)

    async def _park(self, connection: AsyncConnection, entry: Entry) -> None:
        await dead_letters.keep(
            connection,
            stream=self._stream,
            position=entry.position,
            event=entry.event,
            state="parked",
            error="waits behind an earlier event of the same subject",
            attempts=0,
        )

    async def _apply_one(self, entry: Entry) -> None:
        async with transaction(self._engine, SERVICE) as connection:
            if not await self._not_read_yet(connection, [entry]):
                return
            error = await self._try(connection, entry)
            if error is not None:
                await dead_letters.keep(
                    connection,
                    stream=self._stream,
                    position=entry.position,
                    event=entry.event,
                    state="failed",
                    error=dead_letters.describe(error),
                    attempts=1 if isinstance(error, UnreadableEvent) else DELIVERIES,
                )
                await inbox.move_cursor(connection, self._stream, entry.position, None)
                log.error("event_kept_as_dead_letter", stream=self._stream, at=entry.position)

    async def _try(self, connection: AsyncConnection, entry: Entry) -> Exception | None:
        """Deliver one entry, several times if it must be; the last error, or None."""
        failure: Exception | None = None
        for delivery in range(DELIVERIES):
            await asyncio.sleep(self._pause * delivery)
            try:
                async with connection.begin_nested():
                    await self._apply_all(connection, [entry])
                return None
            except UnreadableEvent as error:
                return error
            except Exception as error:
                if is_transient(error):
                    raise
                failure = error
        return failure

    async def replay(self, letter: dead_letters.DeadLetter) -> Exception | None:
        """Deliver a dead letter again under its own event id; None when it was applied.

        The cursor's lock keeps new events of the same subject out until this one is settled.
        """
        try:
            async with transaction(self._engine, SERVICE) as connection:
                await inbox.lock_cursor(connection, self._stream)
                event = Event.from_json(letter.event)
                if await inbox.note_new(connection, [event.id]):
                    await self._handle(connection, [event])
                await dead_letters.settle(connection, letter.number, "replayed")
        except Exception as error:
            if is_transient(error):
                raise
            return error
        return None
