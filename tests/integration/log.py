"""A log to test with: intake's outbox, its stream, and a reader that notes what it applied."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.contracts import ActivityRecordedV1, Contract
from shared.database import AS_SERVICE, make_engine
from shared.messaging.apply import Applier
from shared.messaging.event import Cause, Event
from shared.messaging.outbox import Outbox
from shared.messaging.relay import Relay
from shared.messaging.stream import Stream, stream_name
from shared.messaging.subscription import Handler

AT = datetime(2026, 5, 20, 1, 0, tzinfo=UTC)


def activity(quantity: int, subject: int = 1) -> Event:
    """An event that tells itself apart by its quantity."""
    data = ActivityRecordedV1(
        desk="csw", revision=1, kind="donation", held_on=AT.date(), quantity=quantity
    )
    return Event.of(data, subject=UUID(int=subject), time=AT, cause=Cause("test", "test"))


async def catch_up(relay: Relay) -> int:
    """Number and publish until the stream holds the whole log; how many entries were added."""
    added = 0
    while True:
        numbered = await relay.number()
        published = await relay.publish()
        added += published
        if not numbered and not published:
            return added


class Log:
    """One partition from the outbox to the effect."""

    def __init__(self, environment: dict[str, str], redis: Redis) -> None:
        self.engine = make_engine(
            environment["INTAKE_DATABASE_URL"], pool_size=5, options=AS_SERVICE
        )
        self.reading = make_engine(
            environment["METRICS_DATABASE_URL"], pool_size=5, options=AS_SERVICE
        )
        self.redis = redis
        self.stream = Stream(redis, stream_name("intake", 0))
        self.relay = Relay(self.engine, self.stream, 0)
        #: Quantities whose events cannot be applied.
        self.poison: set[int] = set()

    async def write(self, *events: Event) -> None:
        """Commit these events in one transaction."""
        async with self.engine.begin() as connection:
            await Outbox().append(connection, events)

    async def quantities(self) -> list[int]:
        """What the stream holds, in order."""
        entries = await self.redis.xrange(self.stream.name)
        events = [Event.from_json(fields[b"event"]) for _, fields in entries]
        return [event.data.quantity for event in events]  # type: ignore[attr-defined]

    async def positions(self) -> list[int | None]:
        """The outbox's positions, in the order of writing."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(text("SELECT position FROM outbox ORDER BY number"))
            return list(rows.scalars())

    async def effects(self) -> list[int]:
        """What the reader applied, in order."""
        async with self.reading.connect() as connection:
            rows = await connection.execute(text("SELECT quantity FROM effect ORDER BY number"))
            return list(rows.scalars())

    def applier(self) -> Applier:
        """A reader's applier that notes each quantity."""
        subscriptions: dict[type[Contract], Handler] = {ActivityRecordedV1: self._note}
        return Applier(self.reading, self.stream.name, subscriptions, pause=0)

    async def _note(self, connection: AsyncConnection, events: Sequence[Event]) -> None:
        for event in events:
            quantity = event.data.quantity  # type: ignore[attr-defined]
            await connection.execute(
                text("INSERT INTO effect (quantity) VALUES (:quantity)"), {"quantity": quantity}
            )
            if quantity in self.poison:
                raise ValueError(f"secret {quantity}")


def _owner(environment: dict[str, str], statement: str) -> None:
    with psycopg.connect(
        environment["METRICS_OWNER_DATABASE_URL"], options=AS_SERVICE
    ) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


async def _close(*engines: AsyncEngine) -> None:
    for engine in engines:
        await engine.dispose()


@asynccontextmanager
async def running_log(environment: dict[str, str]) -> AsyncIterator[Log]:
    """The log, with a table for what its reader did."""
    _owner(
        environment,
        "CREATE TABLE effect (number bigint GENERATED ALWAYS AS IDENTITY, quantity int);"
        "GRANT SELECT, INSERT ON effect TO metrics",
    )
    redis = Redis.from_url(environment["REDIS_URL"])
    log = Log(environment, redis)
    try:
        yield log
    finally:
        await redis.aclose()
        await _close(log.engine, log.reading)
        _owner(environment, "DROP TABLE effect")
