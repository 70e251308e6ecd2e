"""Deliver dead letters again, or give them up; what waited behind them follows in order."""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.database import SERVICE, Acts, transaction
from shared.errors import Conflict, NotFound
from shared.messaging import dead_letters
from shared.messaging.apply import Applier
from shared.messaging.dead_letters import DeadLetter


async def _open_letter(engine: AsyncEngine, number: int) -> DeadLetter:
    async with engine.connect() as connection:
        letter = await dead_letters.find(connection, number)
        if letter is None:
            raise NotFound("dead-letter-unknown", f"{number} 番の未処理イベントはありません。")
        if letter.state not in dead_letters.OPEN:
            raise Conflict("dead-letter-ended", f"{number} 番はすでに処理が済んでいます。")
        earlier = [
            other.number
            for other in await dead_letters.all_open(connection)
            if other.subject == letter.subject
            and other.subject is not None
            and other.stream == letter.stream
            and other.position < letter.position
        ]
        if earlier:
            raise Conflict("dead-letter-waits", f"先に {earlier[0]} 番を処理してください。")
        return letter


async def _follow(engine: AsyncEngine, applier: Applier, letter: DeadLetter) -> int:
    async with engine.connect() as connection:
        waiting = await dead_letters.parked_behind(connection, letter)
    for done, parked in enumerate(waiting):
        if await applier.replay(parked) is not None:
            return done
    return len(waiting)


async def replay(
    engine: AsyncEngine, applier_of: Callable[[str], Applier], number: int
) -> tuple[int, Exception | None]:
    """Deliver one dead letter and then what parks behind it.

    Returns how many were applied, and the error if the letter itself failed again.
    """
    letter = await _open_letter(engine, number)
    applier = applier_of(letter.stream)
    error = await applier.replay(letter)
    if error is not None:
        return 0, error
    return 1 + await _follow(engine, applier, letter), None


async def discard(
    engine: AsyncEngine,
    applier_of: Callable[[str], Applier],
    number: int,
    acts: Acts = SERVICE,
) -> int:
    """Give one dead letter up; returns how many of those behind it were applied."""
    letter = await _open_letter(engine, number)
    async with transaction(engine, acts) as connection:
        await dead_letters.settle(connection, letter.number, "discarded")
    return await _follow(engine, applier_of(letter.stream), letter)
