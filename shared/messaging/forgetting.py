"""Take words out of the log when their time is over; positions, ids and times stay."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy import Select, bindparam, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts import Contract
from shared.messaging.event import Event
from shared.messaging.stream import Stream, stream_name
from shared.messaging.tables import dead_letter, outbox

#: What stands where words were: it tells readers why, and every contract takes it.
FORGOTTEN = "（保存期間が過ぎたため消しました）"

#: Seconds between looks for words whose time is over, which comes once a year.
RETENTION_LOOKS = 3600.0

# Waits for relays that append what they have read, and keeps others from reading the old words
# again between the stream's end and the commit.
_ALONE = text("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
_BLANK = (
    update(outbox).where(outbox.c.number == bindparam("which")).values(event=bindparam("blanked"))
)


async def forget_in_log(
    connection: AsyncConnection,
    contract: type[Contract],
    subjects: Select[tuple[UUID]],
    fields: Sequence[str],
    connect: Callable[[], Redis],
) -> int:
    """Blank these fields in the events about these subjects; how many there were.

    A stream that held them is deleted before the commit. The relay fills it anew from the log, and
    readers go on behind their cursors, as after any loss of Redis.
    """
    query = select(outbox.c.number, outbox.c.partition, outbox.c.event).where(
        outbox.c.type == contract.type_name(),
        outbox.c.subject.in_(subjects),
        outbox.c.event.not_like(f'%"{fields[0]}":"{FORGOTTEN}"%'),
    )
    found = (await connection.execute(query)).all()
    if not found:
        return 0
    await connection.execute(_ALONE)
    words = dict.fromkeys(fields, FORGOTTEN)
    blanked = [
        {"which": row.number, "blanked": _without(words, Event.from_json(row.event))}
        for row in found
    ]
    await connection.execute(_BLANK, blanked)
    async with connect() as redis:
        for partition in sorted({row.partition for row in found}):
            await Stream(redis, stream_name(contract.producer, partition)).delete()
    return len(found)


def _without(words: dict[str, str], event: Event) -> str:
    return replace(event, data=event.data.model_copy(update=words)).to_json()


async def forget_ended_letters(connection: AsyncConnection, before: datetime) -> int:
    """Delete the dead letters that were settled before this moment; how many there were."""
    old = delete(dead_letter).where(
        dead_letter.c.state.in_(["replayed", "discarded"]), dead_letter.c.ended_at < before
    )
    return (await connection.execute(old)).rowcount
