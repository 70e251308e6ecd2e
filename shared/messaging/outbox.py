"""Write events beside the state they follow from; give them their place after commit."""

import zlib
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.messaging.event import Event
from shared.messaging.tables import outbox

#: First half of the advisory lock's key, so that it meets no other lock of this database.
_POSITIONS_LOCK = 0x7457

# Inline, so that nothing is returned: whoever appends may not read the log (ADR 23).
_INSERT = (
    insert(outbox)
    .values(
        partition=bindparam("partition"),
        event_id=bindparam("event_id"),
        subject=bindparam("subject"),
        type=bindparam("type"),
        event=bindparam("event"),
    )
    .inline()
)

# Rows seen here are committed, and the lock lets one relay count at a time: a transaction that
# commits late gets a later position instead of being passed over.
_GIVE_POSITIONS = text(
    """
    WITH waiting AS (
        SELECT number, row_number() OVER (ORDER BY number) AS place
        FROM outbox WHERE partition = :partition AND position IS NULL
        ORDER BY number LIMIT :most
    ), last AS (
        SELECT coalesce(max(position), 0) AS position FROM outbox WHERE partition = :partition
    )
    UPDATE outbox SET position = last.position + waiting.place
    FROM waiting, last WHERE outbox.number = waiting.number
    """
)


def partition_of(subject: UUID, partitions: int) -> int:
    """The partition of an aggregate: the same for all of its events."""
    return zlib.crc32(subject.bytes) % partitions


class Outbox:
    """The log of one service. `append` belongs into the transaction that changed the state."""

    def __init__(self, partitions: int = 1) -> None:
        self.partitions = partitions

    def row(self, event: Event) -> dict[str, object]:
        """The event as a row of the log, without a position yet."""
        return {
            "partition": partition_of(event.subject, self.partitions),
            "event_id": event.id,
            "subject": event.subject,
            "type": event.data.type_name(),
            "event": event.to_json(),
        }

    async def append(self, connection: AsyncConnection, events: Sequence[Event]) -> None:
        """Add events in this order; they become visible to readers after commit only."""
        if events:
            await connection.execute(_INSERT, [self.row(event) for event in events])


async def give_positions(connection: AsyncConnection, partition: int, most: int) -> int:
    """Give waiting events the next dense positions; returns how many got one."""
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(:lock, :partition)"),
        {"lock": _POSITIONS_LOCK, "partition": partition},
    )
    result = await connection.execute(_GIVE_POSITIONS, {"partition": partition, "most": most})
    return int(result.rowcount)


async def any_waiting(connection: AsyncConnection, partition: int) -> bool:
    """Whether an event of this partition has no position yet."""
    query = select(
        select(outbox.c.number)
        .where(outbox.c.partition == partition, outbox.c.position.is_(None))
        .limit(1)
        .exists()
    )
    return bool((await connection.execute(query)).scalar_one())


async def last_position(connection: AsyncConnection, partition: int) -> int:
    """The position of the newest event of this partition, 0 when there is none."""
    query = select(func.coalesce(func.max(outbox.c.position), 0)).where(
        outbox.c.partition == partition
    )
    return int((await connection.execute(query)).scalar_one())


async def events_between(
    connection: AsyncConnection, partition: int, after: int, until: int
) -> list[str]:
    """The envelopes with the positions after this one and up to another, in order."""
    query = (
        select(outbox.c.event)
        .where(
            outbox.c.partition == partition,
            outbox.c.position > after,
            outbox.c.position <= until,
        )
        .order_by(outbox.c.position)
    )
    return list((await connection.execute(query)).scalars())


async def events_after(
    connection: AsyncConnection, partition: int, position: int, most: int
) -> list[str]:
    """Up to `most` envelopes with the positions after this one, in order, without holes."""
    query = (
        select(outbox.c.event)
        .where(outbox.c.partition == partition, outbox.c.position > position)
        .order_by(outbox.c.position)
        .limit(most)
    )
    return list((await connection.execute(query)).scalars())
