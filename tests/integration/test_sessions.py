"""Sessions: how long they last, who ends them, and what their owner sees of them."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from shared.database import make_engine
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
    second = timedelta(seconds=30)  # a slow machine signs in long before the next line
    assert await gate.by_session(secret, begun + IDLE + second) is None
    last = begun
    while last + IDLE - second < begun + LONGEST - second:
        last += IDLE - second
        assert await gate.by_session(secret, last) is not None
    assert await gate.by_session(secret, begun + LONGEST + second) is None


_BY_ITSELF = ({"Accept": "text/event-stream"}, {"X-Live": "1"})


async def _clock_moves(world: World, by: timedelta) -> None:
    """As if so much time had gone by since whatever is noted of the sessions."""
    later = text(
        "UPDATE session SET opened_at = opened_at - :by, seen_at = seen_at - :by,"
        " ends_at = ends_at - :by"
    )
    engine = make_engine(world.settings.database_url("identity"), pool_size=1)
    async with engine.begin() as connection:
        await connection.execute(later, {"by": by})
    await engine.dispose()


async def test_a_page_that_asks_by_itself_keeps_no_session_open(quiet_world: World) -> None:
    await add_accounts(quiet_world.settings)
    secret = await _sign_in(quiet_world, _EDGE)
    half = IDLE / 2
    for more in _BY_ITSELF:
        await _clock_moves(quiet_world, half)
        headers = {"Cookie": f"tsunagi={secret}"} | more
        answer = await quiet_world.client.get("/account", headers=headers)
        assert answer.status_code == (200 if more is _BY_ITSELF[0] else 303)
    assert (await _ask(quiet_world, secret, "GET", "/account")).status_code == 303


async def test_at_the_door_a_session_ends_by_the_clock(quiet_world: World) -> None:
    await add_accounts(quiet_world.settings)
    unused = await _sign_in(quiet_world, _PHONE)
    used = await _sign_in(quiet_world, _EDGE)
    step = IDLE - timedelta(seconds=10)
    for _ in range(int(LONGEST / step)):
        await _clock_moves(quiet_world, step)
        assert (await _ask(quiet_world, used, "GET", "/account")).status_code == 200
    await _clock_moves(quiet_world, step)
    for secret in (unused, used):
        answer = await _ask(quiet_world, secret, "GET", "/account")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/account")
        api = await _ask(quiet_world, secret, "GET", "/metrics/api/indicators")
        assert api.status_code in (401, 403)
