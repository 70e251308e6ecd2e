"""A mail server that never comes to an end holds up no turn for long, and is said to be slow."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.referral.domain.delivering import BACK_OFF, Channel
from services.referral.usecases import deliver_notices
from tests.integration.notices import deliver
from tests.integration.test_deliveries import (
    delivery,
    engine,
    later,
    mail_by,
    told_by_mail,
    until_tried,
)
from tests.world import World

__all__ = ["engine"]
pytestmark = pytest.mark.anyio

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def _says_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def _greets_for_ever(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        writer.write(b"220-welcome\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _one_endless_line(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 ")
    while not writer.is_closing():
        writer.write(b"a" * 1024)
        await writer.drain()
        await asyncio.sleep(0.02)


async def _hangs_after_the_greeting(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    writer.write(b"220 ready\r\n")
    await writer.drain()
    await reader.read()


@asynccontextmanager
async def _server(answer: Answer) -> AsyncIterator[int]:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.mark.parametrize(
    "answer", [_says_nothing, _greets_for_ever, _one_endless_line, _hangs_after_the_greeting]
)
async def test_a_slow_mail_server_is_left_in_time_and_tried_again(
    world: World,
    environment: dict[str, str],
    engine: AsyncEngine,
    monkeypatch: pytest.MonkeyPatch,
    answer: Answer,
) -> None:
    await told_by_mail(world)
    await until_tried(environment)
    monkeypatch.setattr(deliver_notices, "PATIENCE", 0.5)
    now = later(environment, BACK_OFF[0])
    async with _server(answer) as port, asyncio.timeout(10):
        await deliver(engine, Channel.MAIL, mail_by(port), now)
    slow = delivery(environment)
    assert (slow["state"], slow["error"]) == ("waiting", "too-slow")
    assert slow["next_at"] > now
