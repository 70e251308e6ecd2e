"""Sessions: how long they last, who ends them, and what their owner sees of them."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from shared.identity.sessions import IDLE, LONGEST
from tests.people import PASSWORD, add_accounts
from tests.world import World

pytestmark = pytest.mark.anyio

_EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0"
_PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"


async def _sign_in(world: World, browser: str, login: str = "manager") -> str:
    world.client.cookies.clear()
    answer = await world.client.post(
        "/sign-in",
        data={"login": login, "password": PASSWORD},
        headers={"User-Agent": browser},
    )
    assert answer.status_code == 303
    secret = world.client.cookies["tsunagi"]
    world.client.cookies.clear()
    return secret


async def _ask(world: World, secret: str, method: str, path: str) -> httpx.Response:
    return await world.client.request(method, path, headers={"Cookie": f"tsunagi={secret}"})


async def test_people_see_where_they_are_signed_in_and_end_it(quiet_world: World) -> None:
    await add_accounts(quiet_world.settings)
    desk = await _sign_in(quiet_world, _EDGE)
    phone = await _sign_in(quiet_world, _PHONE)
    page = (await _ask(quiet_world, desk, "GET", "/account")).text
    assert "Edge（Windows）" in page
    assert "Safari（iPhone）" in page
    assert desk not in page
    [path] = re.findall(r'action="(/account/sessions/[^"/]+/end)"', page)
    assert (await _ask(quiet_world, desk, "POST", path)).status_code == 303
    assert (await _ask(quiet_world, phone, "GET", "/account")).status_code == 303
    assert (await _ask(quiet_world, desk, "GET", "/account")).status_code == 200
    assert (await _ask(quiet_world, desk, "POST", path)).status_code == 404


async def test_all_others_end_at_once_and_nobody_elses(quiet_world: World) -> None:
    await add_accounts(quiet_world.settings)
    mine = await _sign_in(quiet_world, _EDGE)
    others = [await _sign_in(quiet_world, _PHONE) for _ in range(2)]
    colleague = await _sign_in(quiet_world, _EDGE, "counter")
    assert (await _ask(quiet_world, mine, "POST", "/account/sessions/end")).status_code == 303
    for other in others:
        assert (await _ask(quiet_world, other, "GET", "/account")).status_code == 303
    page = (await _ask(quiet_world, colleague, "GET", "/account")).text
    assert page.count("Edge（Windows）") == 1
    assert (await _ask(quiet_world, mine, "GET", "/account")).status_code == 200


async def test_nobody_ends_a_colleagues_session(quiet_world: World) -> None:
    await add_accounts(quiet_world.settings)
    mine = await _sign_in(quiet_world, _EDGE)
    await _sign_in(quiet_world, _PHONE)
    page = (await _ask(quiet_world, mine, "GET", "/account")).text
    [path] = re.findall(r'action="(/account/sessions/[^"/]+/end)"', page)
    colleague = await _sign_in(quiet_world, _EDGE, "counter")
    assert (await _ask(quiet_world, colleague, "POST", path)).status_code == 404


async def test_a_new_sign_in_ends_the_session_that_the_browser_had(quiet_world: World) -> None:
    await add_accounts(quiet_world.settings)
    first = await _sign_in(quiet_world, _EDGE)
    form = {"login": "manager", "password": PASSWORD}
    headers = {"Cookie": f"tsunagi={first}"}
    second = await quiet_world.client.post("/sign-in", data=form, headers=headers)
    assert second.status_code == 303
    quiet_world.client.cookies.clear()
    assert (await _ask(quiet_world, first, "GET", "/account")).status_code == 303


async def test_a_session_ends_when_nobody_uses_it_and_after_twelve_hours_at_most(
    quiet_world: World, applications: dict[str, FastAPI]
) -> None:
    await add_accounts(quiet_world.settings)
    secret = await _sign_in(quiet_world, _EDGE)
    gate = applications["intake"].state.gate
    begun = datetime.now(UTC)
    second = timedelta(seconds=1)
    assert await gate.by_session(secret, begun + IDLE + second) is None
    last = begun
    while last + IDLE - second < begun + LONGEST - second:
        last += IDLE - second
        assert await gate.by_session(secret, last) is not None
    assert await gate.by_session(secret, begun + LONGEST + second) is None
