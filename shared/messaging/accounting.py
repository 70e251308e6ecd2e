"""Loss accounting: where the log, the stream and each reader stand. It is plain arithmetic."""

from dataclasses import dataclass

from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.contracts import READERS
from shared.messaging import dead_letters, inbox, outbox
from shared.messaging.stream import Stream, stream_name


@dataclass(frozen=True, slots=True)
class GroupStanding:
    """One reader: read without a hole up to `confirmed_position`, dead letters counted apart."""

    group: str
    confirmed_position: int
    pending: int | None
    dead_letters: int


@dataclass(frozen=True, slots=True)
class StreamStanding:
    """One partition: `stream_position` is None while Redis is away."""

    stream: str
    outbox_position: int
    unnumbered: bool
    stream_position: int | None
    groups: tuple[GroupStanding, ...]

    @property
    def ahead(self) -> bool:
        """The stream has what the log has not: the database is older than Redis."""
        return self.stream_position is not None and self.stream_position > self.outbox_position

    @property
    def settled(self) -> bool:
        """Everything written was read by everybody, and nothing waits among the dead letters."""
        return (
            not self.unnumbered
            and self.stream_position == self.outbox_position
            and all(
                group.confirmed_position == self.outbox_position and not group.dead_letters
                for group in self.groups
            )
        )


async def log_standing(engine: AsyncEngine, partition: int) -> tuple[int, bool]:
    """The newest position of a producer's log, and whether an event still waits for one."""
    async with engine.connect() as connection:
        written = await outbox.last_position(connection, partition)
        return written, await outbox.any_waiting(connection, partition)


async def stream_standing(stream: Stream) -> int | None:
    """Where the stream ends; None while Redis is away."""
    try:
        return await stream.last_position()
    except (RedisError, OSError):
        return None


async def group_standing(engine: AsyncEngine, stream: Stream, group: str) -> GroupStanding:
    """Where one reader stands; `pending` is None while Redis is away."""
    async with engine.connect() as connection:
        confirmed = await inbox.read_cursor(connection, stream.name)
        dead = await dead_letters.count_open(connection, stream.name)
    try:
        pending = await stream.pending(group)
    except (RedisError, OSError):
        pending = None
    return GroupStanding(group, confirmed, pending, dead)


async def standing(
    producer: str, partition: int, engines: dict[str, AsyncEngine], stream: Stream
) -> StreamStanding:
    """Where one partition stands; `engines` holds each service's database."""
    written, unnumbered = await log_standing(engines[producer], partition)
    groups = [await group_standing(engines[name], stream, name) for name in READERS[producer]]
    reached = await stream_standing(stream)
    name = stream_name(producer, partition)
    return StreamStanding(name, written, unnumbered, reached, tuple(groups))
