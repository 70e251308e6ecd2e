"""Take words out of the log when their time is over; positions, ids and times stay."""

import json
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy import Select, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts import BY_TYPE_NAME, CONTRACTS, Contract
from shared.messaging.stream import Stream, stream_name
from shared.messaging.tables import dead_letter, outbox

#: What stands where words were: it tells readers why, and every contract takes it.
FORGOTTEN = "（保存期間が過ぎたため消しました）"

#: Seconds between looks for words whose time is over, which comes once a year.
RETENTION_LOOKS = 3600.0

#: Every field that holds words in some event.
_WORDS = frozenset(name for contract in CONTRACTS for name in contract.words)

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
    connect: Callable[[], Redis],
) -> None:
    """Blank the words of a contract in the events about these subjects.

    A stream that held them is deleted before the commit. The relay fills it anew from the log, and
    readers go on behind their cursors, as after any loss of Redis.
    """
    query = select(outbox.c.number, outbox.c.partition, outbox.c.event).where(
        outbox.c.type == contract.type_name(),
        outbox.c.subject.in_(subjects),
        outbox.c.event.not_like(f'%"{contract.words[0]}":"{FORGOTTEN}"%'),
    )
    found = (await connection.execute(query)).all()
    if not found:
        return
    await connection.execute(_ALONE)
    blanked = [{"which": row.number, "blanked": without_words(row.event)} for row in found]
    await connection.execute(_BLANK, blanked)
    async with connect() as redis:
        for partition in sorted({row.partition for row in found}):
            await Stream(redis, stream_name(contract.producer, partition)).delete()


def without_words(event: str) -> str:
    """The envelope with its words blanked, and nothing else changed.

    Of an event of an unknown type, every field that holds words in another one is blanked; of what
    is no envelope, nothing is left.
    """
    try:
        envelope = json.loads(event)
        kind, data = envelope["type"], envelope.get("data", {})
        contract = BY_TYPE_NAME.get(kind)
        told = {name for name in (_WORDS if contract is None else contract.words) if name in data}
        if not told:
            return event
        data.update(dict.fromkeys(told, FORGOTTEN))
    except (ValueError, KeyError, TypeError, AttributeError):
        return FORGOTTEN
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))


async def blank_letters(connection: AsyncConnection, before: datetime) -> int:
    """Blank the words in the dead letters from before this moment; how many there were.

    The rows stay: a rebuild passes over what was given up, and an open one can still be replayed.
    """
    query = select(dead_letter.c.number, dead_letter.c.event).where(dead_letter.c.since < before)
    old = (await connection.execute(query)).all()
    blanked = {row.number: without_words(row.event) for row in old}
    changed = [row.number for row in old if blanked[row.number] != row.event]
    for number in changed:
        this = update(dead_letter).where(dead_letter.c.number == number)
        await connection.execute(this.values(event=blanked[number]))
    return len(changed)
