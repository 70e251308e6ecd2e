"""Whoever was shut out is told of nothing any more, though their line was open before."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

from services.referral.pages import streaming
from shared.database import make_engine
from shared.identity.accounts import account_of, disable_account, reset_password
from shared.identity.sessions import end_session_of, end_sessions, open_session
from shared.identity.tokens import revoke_token
from shared.web.access import identify
from tests.people import add_accounts
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_NOW = datetime.now(UTC)


async def _disable(connection: AsyncConnection, _: str) -> None:
    await disable_account(connection, await account_of(connection, "csw"), _NOW)


async def _reset(connection: AsyncConnection, _: str) -> None:
    await reset_password(connection, await account_of(connection, "csw"))


async def _end_everywhere(connection: AsyncConnection, _: str) -> None:
    await end_sessions(connection, await account_of(connection, "csw"))


async def _end(connection: AsyncConnection, secret: str) -> None:
    await end_session_of(connection, secret)


async def _revoke(connection: AsyncConnection, secret: str) -> None:
    await revoke_token(connection, secret, _NOW)


async def _offer(world: World) -> None:
    body = consultation(**refer("csw"))
    await world.post("/intake/api/consultations", "houkatsu", body)
    await world.settle()


@pytest.mark.parametrize("behind", [None, 0])
@pytest.mark.parametrize("shut_out", [_disable, _reset, _end_everywhere, _end, _revoke])
async def test_nothing_is_handed_over_to_whoever_was_shut_out(
    world: World,
    applications: dict[str, FastAPI],
    monkeypatch: pytest.MonkeyPatch,
    shut_out: Callable[[AsyncConnection, str], Awaitable[None]],
    behind: int | None,
) -> None:
    monkeypatch.setattr(streaming, "PAUSE", 60.0)
    await add_accounts(world.settings, "csw")
    identity = make_engine(world.settings.database_url("identity"), pool_size=1)
    if shut_out is _revoke:
        secret = await world.token("csw")
        header = (b"authorization", f"Bearer {secret}".encode())
    else:
        async with identity.begin() as connection:
            account_id = await account_of(connection, "csw")
            secret = await open_session(
                connection, account_id, method="password", browser="", replaces=None, now=_NOW
            )
        header = (b"cookie", f"tsunagi={secret}".encode())
    app = applications["referral"]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "app": app}
    accept = (b"accept", b"text/event-stream")
    request = Request(scope | {"headers": [header, accept]})
    principal = await identify(request)
    assert principal is not None
    if behind is not None:
        await _offer(world)
    line = streaming.stream(request, principal, behind)
    assert b"event: unread" in await anext(line)
    async with identity.begin() as connection:
        await shut_out(connection, secret)
    await identity.dispose()
    if behind is None:
        await _offer(world)
    assert [chunk async for chunk in line] == []
