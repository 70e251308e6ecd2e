"""Read one stream for one service with FastStream, and never trust its place or its pulse.

FastStream creates a missing group at the end of the stream, leaves what a handler refused pending
for ever, and ends a subscriber quietly when its group is gone. So the group is placed at the
database's cursor before every start, acknowledging is ours, and any doubt starts the reading over.
"""

import asyncio

import structlog
from faststream import AckPolicy, StreamMessage
from faststream.redis import RedisBroker, StreamSub
from faststream.redis.message import BatchStreamMessage
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.database import is_transient
from shared.messaging import inbox
from shared.messaging.apply import Applier, Entry, StreamGap
from shared.messaging.dead_letters import describe
from shared.messaging.health import Health, rest
from shared.messaging.sole import Standby, sole
from shared.messaging.stream import FIELD, Stream, position_of

log = structlog.get_logger()

BATCH = 500
#: Seconds between looks at whether the reading still moves, and of rest after a fault.
PULSE = 1.0
#: Looks in a row without progress, with entries waiting, before the reading starts over.
STALLED_LOOKS = 10


class Reader:
    """One service's reading of one stream."""

    def __init__(
        self,
        *,
        broker: RedisBroker,
        engine: AsyncEngine,
        stream: Stream,
        group: str,
        applier: Applier,
        consumer: str,
    ) -> None:
        self._engine = engine
        self._stream = stream
        self._group = group
        self._applier = applier
        self._trouble: Exception | None = None
        self._busy = False
        self._subscriber = broker.subscriber(
            stream=StreamSub(
                stream.name,
                group=group,
                consumer=consumer,
                batch=True,
                max_records=BATCH,
                polling_interval=1000,
            ),
            ack_policy=AckPolicy.MANUAL,
            parser=_leave_unparsed,
            decoder=_hand_over,
        )
        self._subscriber(self._on_batch)

    async def _on_batch(self, raw: BatchStreamMessage) -> None:
        """Apply one batch. After trouble nothing more is taken until the reading starts over."""
        if self._trouble is not None:
            return
        ids = raw["message_ids"]
        entries = [
            Entry(position_of(entry_id), fields[FIELD].decode())
            for entry_id, fields in zip(ids, raw["data"], strict=True)
        ]
        self._busy = True
        try:
            await self._applier.apply(entries)
            await self._stream.acknowledge(self._group, ids)
        except Exception as error:  # noqa: BLE001  the watch decides what it means
            self._trouble = error
        finally:
            self._busy = False

    async def read(self, health: Health, stop: asyncio.Event) -> None:
        """Read until told to stop, or until something is wrong; raises what it was."""
        async with sole(self._engine, f"reader {self._stream.name}") as held:
            self._trouble = None
            async with self._engine.connect() as connection:
                cursor = await inbox.read_cursor(connection, self._stream.name)
            await self._stream.place_group(self._group, cursor)
            await self._subscriber.start()
            try:
                await self._watch(held, health, stop)
            finally:
                await self._subscriber.stop()

    async def _watch(self, held: AsyncConnection, health: Health, stop: asyncio.Event) -> None:
        seen, still = -1, 0
        while not stop.is_set():
            await rest(stop, PULSE)
            if self._trouble is not None:
                raise self._trouble
            if not self._subscriber.running:
                raise StreamGap("the subscriber ended")
            await held.execute(text("SELECT 1"))
            end = await self._stream.last_position()
            cursor = await inbox.read_cursor(held, self._stream.name)
            still = still + 1 if cursor == seen and end > cursor and not self._busy else 0
            seen = cursor
            if still >= STALLED_LOOKS:
                raise StreamGap("entries wait and nothing moves")
            if not still:
                health.well()


async def _leave_unparsed(raw: BatchStreamMessage) -> StreamMessage[BatchStreamMessage]:
    """Envelopes are read once, by the applier; FastStream need not parse them too."""
    return StreamMessage(raw_message=raw, body=raw)


async def _hand_over(message: StreamMessage[BatchStreamMessage]) -> BatchStreamMessage:
    return message.raw_message


async def run_reader(reader: Reader, health: Health, stop: asyncio.Event) -> None:
    """Read until told to stop: start over from the database's cursor after every fault."""
    while not stop.is_set():
        try:
            await reader.read(health, stop)
        except Standby:
            health.well()
        except Exception as error:  # noqa: BLE001  a reader must outlive every fault
            expected = isinstance(error, StreamGap | RedisError | OSError) or is_transient(error)
            if health.trouble is None:
                level = log.warning if expected else log.error
                level("reading_starts_over", part=health.name, error=describe(error))
            health.ill(type(error).__name__)
        await rest(stop, PULSE)
