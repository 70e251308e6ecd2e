"""Read a producer's log by position from its own database; the stream is only a cache of it."""

from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.messaging import outbox
from shared.messaging.apply import Entry
from shared.messaging.stream import stream_name


class LogTooShort(Exception):
    """The log ends before a position that was read from its stream, or has a hole before it."""


class LogReader:
    """One partition of a producer's log."""

    def __init__(self, engine: AsyncEngine, producer: str, partition: int) -> None:
        self.stream = stream_name(producer, partition)
        self._engine = engine
        self._partition = partition

    async def entries(self, after: int, until: int, most: int) -> AsyncIterator[list[Entry]]:
        """The entries after one position, up to and with another, up to `most` at a time.

        Raises LogTooShort where one is missing.
        """
        while after < until:
            upto = min(after + most, until)
            async with self._engine.connect() as connection:
                found = await outbox.events_between(connection, self._partition, after, upto)
            if len(found) != upto - after:
                raise LogTooShort(f"{self.stream} lacks an event before {upto}")
            yield [Entry(place, event) for place, event in enumerate(found, start=after + 1)]
            after = upto
