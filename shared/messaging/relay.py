"""The relay: the only one who publishes. It keeps a stream equal to the log."""

import asyncio

import structlog
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.database import is_transient
from shared.messaging import outbox
from shared.messaging.dead_letters import describe
from shared.messaging.health import Health, rest
from shared.messaging.stream import Stream

log = structlog.get_logger()

BATCH = 500
#: Seconds between looks at the log when nothing waits: soon after work, later by and by.
IDLE_FROM, IDLE_TO = 0.05, 0.25
#: Looks at the log between looks at the stream's end, which notice a wiped or rewound Redis.
LOOKS_PER_CHECK = 5
#: Seconds of rest after a fault.
REST = 1.0


class StreamAhead(Exception):
    """The stream has positions that the log does not: the database was restored from a backup."""


class Relay:
    """Brings one partition's stream up to its log. Two of them at once do no harm."""

    def __init__(self, engine: AsyncEngine, stream: Stream, partition: int) -> None:
        self._engine = engine
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._stream = stream
        self._partition = partition

    async def number(self) -> int:
        """Give waiting events their positions; returns how many got one."""
        async with self._reading.connect() as connection:
            if not await outbox.any_waiting(connection, self._partition):
                return 0
        async with self._engine.begin() as connection:
            return await outbox.give_positions(connection, self._partition, BATCH)

    async def publish(self) -> int:
        """Append what the stream lacks, one batch; returns how many entries were added.

        The stream's own end is the cursor, so a lost answer, a second relay and an emptied
        Redis need no care of their own. Raises StreamAhead if the log ends before the stream.
        """
        end = await self._stream.last_position()
        async with self._reading.connect() as connection:
            last = await outbox.last_position(connection, self._partition)
        if end > last:
            raise StreamAhead(self._stream.name)
        if end == last:
            return 0
        # One transaction until they are appended: who blanks words in the log and deletes the
        # stream waits for it, so that none of them comes back by what was read before.
        async with self._engine.begin() as connection:
            events = await outbox.events_after(connection, self._partition, end, BATCH)
            return await self._stream.append(end, events) - end


async def run_relay(relay: Relay, health: Health, stop: asyncio.Event) -> None:
    """Relay until told to stop; faults of a server are waited out."""
    looks, idle = 0, IDLE_FROM
    while not stop.is_set():
        try:
            numbered = await relay.number()
            looks += 1
            if numbered or looks >= LOOKS_PER_CHECK or health.trouble is not None:
                looks = 0
                while await relay.publish():
                    health.well()
                health.well()
            if numbered < BATCH:
                idle = IDLE_FROM if numbered else min(idle * 1.2, IDLE_TO)
                await rest(stop, idle)
        except StreamAhead as error:
            log.critical("stream_ahead_of_log", stream=str(error))
            health.ill("stream ahead of log")
            await rest(stop, REST)
        except Exception as error:  # noqa: BLE001  a relay must outlive every fault
            expected = is_transient(error) or isinstance(error, RedisError | OSError)
            if health.trouble is None:
                level = log.warning if expected else log.error
                level("relay_waits", error=describe(error))
            health.ill(type(error).__name__)
            await rest(stop, REST)
