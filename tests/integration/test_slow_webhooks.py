"""A target that never comes to an end holds up nobody else, and not for long."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.referral.domain.delivering import Channel
from services.referral.notifier.signing import new_secret
from services.referral.notifier.undelivered import Undelivered
from services.referral.notifier.webhooks import WebhookCaller
from services.referral.usecases import deliver_notices
from services.referral.usecases.deliver_notices import Deliverer, by_webhook
from shared.database import AS_SERVICE, make_engine
from tests.integration.notices import rows

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 5, 20, 1, 0, tzinfo=UTC)
_HERE = WebhookCaller([ip_network("127.0.0.0/8")])
_TOLD = """
    INSERT INTO notification (event_id, agency, kind, case_id, happened_at, told_at)
    VALUES (gen_random_uuid(), %(target)s, 'offered', gen_random_uuid(), %(at)s, %(at)s)
    RETURNING number
"""
_DUE = """
    INSERT INTO delivery (id, number, channel, target, charge, state, next_at)
    VALUES (gen_random_uuid(), %(number)s, 'webhook', %(target)s, 'csw', 'waiting', %(at)s)
"""
_HOOK = """
    INSERT INTO webhook (name, agency, url, secret, changed_at, changed_by)
    VALUES (%(target)s, 'csw', %(url)s, %(secret)s, %(at)s, 'admin')
"""

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def _drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not writer.is_closing():
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _endless_head(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not writer.is_closing():
        writer.write(b"a" * 65_536)
        await writer.drain()


async def _endless_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"a" * 65_536)
        await writer.drain()


async def _no_content(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    await writer.drain()


@asynccontextmanager
async def _machine(answer: Answer) -> AsyncIterator[str]:
    """The address of one that answers in this way."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    finally:
        server.close()


@pytest.fixture
async def engine(environment: dict[str, str]) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(environment["REFERRAL_DATABASE_URL"], pool_size=8, options=AS_SERVICE)
    yield engine
    await engine.dispose()


def _due(environment: dict[str, str], hooks: dict[str, str], targets: Sequence[str]) -> None:
    """Webhooks at these addresses, and one call that is due for each of these targets."""
    address = environment["REFERRAL_DATABASE_URL"]
    with psycopg.connect(address, options=AS_SERVICE) as connection:
        for target, url in hooks.items():
            words = {"target": target, "url": url, "secret": new_secret(), "at": NOW}
            connection.execute(_HOOK, words)
        for target in targets:
            words = {"target": target, "at": NOW}
            [number] = connection.execute(_TOLD, words).fetchone() or [0]
            connection.execute(_DUE, words | {"number": number})


def _ends(environment: dict[str, str], target: str) -> list[tuple[str, str | None]]:
    query = "SELECT state, error FROM delivery WHERE target = %s ORDER BY number"
    return [(row["state"], row["error"]) for row in rows(environment, query, target)]


async def test_a_call_ends_in_time_whatever_drips(
    environment: dict[str, str], engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver_notices, "PATIENCE", 0.5)
    async with _machine(_drip) as url, asyncio.timeout(10):
        _due(environment, {"slow": url}, ["slow"])
        deliverer = Deliverer(engine, Channel.WEBHOOK, by_webhook(_HERE), lambda: NOW)
        while await deliverer.turn():
            pass
    assert _ends(environment, "slow") == [("waiting", "too-slow")]


async def test_a_target_that_hangs_holds_up_its_own_news_alone(
    environment: dict[str, str], engine: AsyncEngine
) -> None:
    async with _machine(_drip) as slow, _machine(_no_content) as quick, asyncio.timeout(8):
        _due(environment, {"slow": slow, "quick": quick}, ["slow"] * 60 + ["quick"] * 3)
        deliverer = Deliverer(engine, Channel.WEBHOOK, by_webhook(_HERE), lambda: NOW)
        while _ends(environment, "quick") != [("done", None)] * 3:
            assert await deliverer.turn()
        states = [state for state, _ in _ends(environment, "slow")]
        assert (states.count("sending"), states.count("waiting")) == (1, 59)
    await deliverer.finish()


async def test_news_comes_to_a_target_one_by_one_and_in_order(
    environment: dict[str, str], engine: AsyncEngine
) -> None:
    _due(environment, {"one": "http://127.0.0.1/", "two": "http://127.0.0.1/"}, ["one", "two"] * 5)
    sent: list[int] = []
    under_way: set[str] = set()

    async def send(attempt: Any, _: str, __: datetime) -> None:
        assert attempt.target not in under_way
        under_way.add(attempt.target)
        await asyncio.sleep(0.01)
        under_way.remove(attempt.target)
        sent.append(attempt.number)

    deliverer = Deliverer(engine, Channel.WEBHOOK, send, lambda: NOW)
    while await deliverer.turn():
        pass
    numbers = [row["number"] for row in rows(environment, "SELECT number FROM delivery")]
    assert sorted(sent) == sorted(numbers)
    query = "SELECT target FROM delivery WHERE number = %s"
    whose = {number: rows(environment, query, number)[0]["target"] for number in numbers}
    for target in ("one", "two"):
        own = [number for number in sent if whose[number] == target]
        assert own == sorted(own)


async def test_no_more_of_an_answer_is_read_than_it_takes_to_judge_it() -> None:
    async with asyncio.timeout(5):
        async with _machine(_endless_head) as url:
            with pytest.raises(Undelivered, match="unreachable"):
                await _HERE.call(url, new_secret(), message_id="1", payload={}, now=NOW)
        async with _machine(_endless_body) as url:
            await _HERE.call(url, new_secret(), message_id="2", payload={}, now=NOW)
