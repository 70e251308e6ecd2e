"""Tokens of machines: shown once, seen by the administrator, ended by page or command line."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import anyio
import httpx
import pytest

from shared.database import make_engine
from shared.identity.gate import Gate
from shared.identity.principal import Role
from shared.identity.tokens import Token, create_token, list_tokens
from tests.processes import tsunagi
from tests.world import World, consultation

pytestmark = pytest.mark.anyio

_NEW = {"name": "台帳から", "role": "counter", "agency": "csw", "days": "90"}


async def _listed(world: World) -> list[Token]:
    engine = make_engine(world.settings.database_url("identity"), pool_size=1)
    async with engine.connect() as connection:
        found = await list_tokens(connection)
    await engine.dispose()
    return [one for one in found if one.name != "test"]


async def _made(world: World) -> str:
    answer = await world.client.post("/admin/tokens", data=_NEW, headers=await _admin(world))
    found = re.search(r"<code>(tsn_[^<]+)</code>", answer.text)
    assert found, answer.text
    return found[1]


async def _admin(world: World) -> dict[str, str]:
    return {"Authorization": f"Bearer {await world.token('admin')}"}


async def _record(world: World, secret: str) -> httpx.Response:
    return await world.client.post(
        "/intake/api/consultations",
        json=consultation(),
        headers={"Authorization": f"Bearer {secret}"},
    )


async def test_a_token_is_shown_once_works_in_its_scope_and_ends_by_the_page(
    quiet_world: World,
) -> None:
    secret = await _made(quiet_world)
    [before] = await _listed(quiet_world)
    assert (before.role, before.agency, before.last_used_at) == (Role.COUNTER, "csw", None)
    assert before.expires_at - before.created_at == timedelta(days=90)
    recorded = await _record(quiet_world, secret)
    assert (recorded.status_code, recorded.json()["desk"]) == (201, "csw")
    [used] = await _listed(quiet_world)
    assert used.last_used_at is not None
    page = await quiet_world.client.get("/admin/tokens", headers=await _admin(quiet_world))
    assert secret not in page.text
    assert "台帳から" in page.text
    path = f"/admin/tokens/{used.id}/revoke"
    headers = await _admin(quiet_world)
    assert (await quiet_world.client.post(path, headers=headers)).status_code == 303
    assert (await _record(quiet_world, secret)).status_code == 401


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "何のための鍵か"),
        ({"role": "mayor"}, "役割"),
        ({"agency": ""}, "機関"),
        ({"agency": "nobody"}, "一覧にない機関です。"),
        ({"days": "36500"}, "期限"),
    ],
)
async def test_a_wrong_token_is_refused(
    quiet_world: World, change: dict[str, str], words: str
) -> None:
    headers = await _admin(quiet_world)
    answer = await quiet_world.client.post("/admin/tokens", data=_NEW | change, headers=headers)
    assert answer.status_code == 422
    assert words in answer.text
    assert await _listed(quiet_world) == []


async def test_only_the_administrator_sees_tokens(quiet_world: World) -> None:
    for who in ("manager", "csw", "counter:csw"):
        assert (await quiet_world.call("GET", "/admin/tokens", who)).status_code == 403
    path = f"/admin/tokens/{uuid4()}/revoke"
    headers = await _admin(quiet_world)
    assert (await quiet_world.client.post(path, headers=headers)).status_code == 404


async def test_the_command_line_lists_and_revokes(
    quiet_world: World, environment: dict[str, str]
) -> None:
    secret = await _made(quiet_world)
    listed = await anyio.to_thread.run_sync(tsunagi, environment, "token", "list")
    [line] = [line for line in listed.splitlines() if "台帳から" in line]
    assert secret not in line
    assert "有効" in line
    token_id = line.split("\t")[0]
    await anyio.to_thread.run_sync(tsunagi, environment, "token", "revoke", token_id)
    assert (await _record(quiet_world, secret)).status_code == 401
    listed = await anyio.to_thread.run_sync(tsunagi, environment, "token", "list")
    assert "取り消し済み" in listed


async def test_use_is_written_down_once_a_minute(quiet_world: World) -> None:
    engine = make_engine(quiet_world.settings.database_url("identity"), pool_size=1)
    now = datetime.now(UTC)
    async with engine.begin() as connection:
        secret = await create_token(
            connection, name="feed", role=Role.MANAGER, agency=None, now=now
        )
    gate = Gate(engine)
    for later in (0, 20, 59, 61, 62):
        assert await gate.by_token(secret, now + timedelta(seconds=later)) is not None
    [seen] = await _listed(quiet_world)
    assert seen.last_used_at == now + timedelta(seconds=61)
    await engine.dispose()
