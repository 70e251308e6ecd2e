"""`tsunagi doctor`: is everything that was written also published and read?"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.contracts import READERS
from shared.database import AS_SERVICE, make_engine
from shared.messaging.accounting import StreamStanding, standing
from shared.messaging.connecting import ask_redis
from shared.messaging.stream import Stream, stream_name
from shared.settings import Settings

Standings = list[StreamStanding]


@asynccontextmanager
async def looking(settings: Settings) -> AsyncIterator[Callable[[], Awaitable[Standings]]]:
    """Look as often as wanted, over connections that are kept meanwhile."""
    names = ("intake", "referral", "metrics")
    engines: dict[str, AsyncEngine] = {
        name: make_engine(
            settings.database_url(name), pool_size=1, application="doctor", options=AS_SERVICE
        )
        for name in names
    }
    redis = ask_redis(settings.redis_url_of("doctor"), patience=3)

    async def look_once() -> Standings:
        return [
            await standing(producer, part, engines, Stream(redis, stream_name(producer, part)))
            for producer in READERS
            for part in range(settings.tsunagi_partitions)
        ]

    try:
        yield look_once
    finally:
        for engine in engines.values():
            await engine.dispose()
        await redis.aclose()


async def look(settings: Settings) -> Standings:
    """Where every stream stands."""
    async with looking(settings) as look_once:
        return await look_once()


def report(standings: Standings) -> dict[str, Any]:
    """The report as the machine interface of operations has it."""
    streams = []
    for one in standings:
        words = asdict(one)
        streams.append({name: words[name] for name in words if name != "unnumbered"})
    return {"ok": all(one.settled for one in standings), "streams": streams}


def advice(one: StreamStanding) -> list[str]:
    """What is wrong with a stream, and what to do; empty when nothing is."""
    words = []
    if one.stream_position is None:
        words.append("Redis に届きません。Redis を起動してください。記録は失われません。")
    elif one.ahead:
        words.append(
            "ストリームがデータベースより進んでいます。古い控えから戻したときに起こります。"
            " ストリームの控えを取り、Redis のこのキーを消してください。"
        )
    elif one.unnumbered or one.stream_position < one.outbox_position:
        words.append("まだ送られていない記録があります。worker が動いているか確かめてください。")
    for group in one.groups:
        if group.confirmed_position < one.outbox_position:
            rest = one.outbox_position - group.confirmed_position
            words.append(f"{group.group} がまだ {rest} 件を読んでいません。")
        if group.dead_letters:
            words.append(
                f"{group.group} に処理できなかったイベントが {group.dead_letters} 件あります。"
                f" tsunagi dead-letters list {group.group} で確かめてください。"
            )
    return words
