"""The administrator's page of accounts."""

import re
from datetime import UTC, datetime

import httpx
import pytest

from shared.database import make_engine
from shared.identity.accounts import create_account, list_accounts
from shared.identity.principal import Role
from tests.people import PASSWORD, add_accounts
from tests.world import World

pytestmark = pytest.mark.anyio


async def _as_admin(world: World) -> None:
    engine = make_engine(world.settings.database_url("identity"), pool_size=1)
    async with engine.begin() as connection:
        await create_account(
            connection,
            login="admin",
            name="管理者",
            role=Role.ADMIN,
            agency=None,
            password=PASSWORD,
            now=datetime.now(UTC),
            must_change=False,
        )
    await engine.dispose()
    answer = await world.client.post("/sign-in", data={"login": "admin", "password": PASSWORD})
    assert answer.status_code == 303


async def _ids(world: World) -> dict[str, str]:
    engine = make_engine(world.settings.database_url("identity"), pool_size=1)
    async with engine.connect() as connection:
        found = {one.login: str(one.id) for one in await list_accounts(connection)}
    await engine.dispose()
    return found


_NEW = {"login": "csw", "name": "担当", "role": "agency", "agency": "csw"}
_OWN = "three-words-of-my-own"


def _shown(page: str) -> str:
    found = re.search(r'<p class="secret"><code>(.+?)</code>', page)
    assert found
    return found[1]


async def _sign_in(world: World, login: str, password: str) -> httpx.Response:
    world.client.cookies.clear()
    return await world.client.post("/sign-in", data={"login": login, "password": password})


async def _change(world: World, old: str, new: str) -> httpx.Response:
    form = {"password": old, "new_password": new, "again": new}
    return await world.client.post("/account/password", data=form)


async def test_a_new_account_signs_in_until_it_is_disabled(quiet_world: World) -> None:
    await _as_admin(quiet_world)
    client = quiet_world.client
    first = _shown((await client.post("/admin/accounts", data=_NEW)).text)
    assert first not in (await client.get("/admin/accounts")).text
    admin = client.cookies["tsunagi"]
    await _sign_in(quiet_world, "csw", first)
    assert (await _change(quiet_world, first, _OWN)).status_code == 303
    csw = client.cookies["tsunagi"]
    assert (await client.get("/referral/inbox")).status_code == 200
    path = f"/admin/accounts/{(await _ids(quiet_world))['csw']}/disable"
    headers = {"Cookie": f"tsunagi={admin}"}
    client.cookies.clear()
    assert (await client.post(path, headers=headers)).status_code == 303
    ended = await client.get("/referral/inbox", headers={"Cookie": f"tsunagi={csw}"})
    assert ended.status_code == 303
    assert (await _sign_in(quiet_world, "csw", _OWN)).status_code == 401


async def test_a_reset_ends_every_session_and_the_old_password(quiet_world: World) -> None:
    await add_accounts(quiet_world.settings, "csw")
    client = quiet_world.client
    await _sign_in(quiet_world, "csw", PASSWORD)
    csw = client.cookies["tsunagi"]
    client.cookies.clear()
    await _as_admin(quiet_world)
    path = f"/admin/accounts/{(await _ids(quiet_world))['csw']}/reset"
    first = _shown((await client.post(path)).text)
    client.cookies.clear()
    ended = await client.get("/referral/inbox", headers={"Cookie": f"tsunagi={csw}"})
    assert ended.status_code == 303
    assert (await _sign_in(quiet_world, "csw", PASSWORD)).status_code == 401
    assert (await _sign_in(quiet_world, "csw", first)).status_code == 303
    assert (await client.get("/referral/inbox")).headers["location"] == "/account/password"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"login": ""}, "ログイン名"),
        ({"role": "mayor"}, "役割"),
        ({"agency": ""}, "機関"),
        ({"agency": "nobody"}, "一覧にない機関です。"),
        ({"login": "admin"}, "すでに使われています。"),
    ],
)
async def test_a_wrong_account_is_refused_with_what_was_typed(
    quiet_world: World, change: dict[str, str], words: str
) -> None:
    await _as_admin(quiet_world)
    answer = await quiet_world.client.post("/admin/accounts", data=_NEW | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert list(await _ids(quiet_world)) == ["admin"]


async def test_nobody_disables_the_account_that_they_use(quiet_world: World) -> None:
    await _as_admin(quiet_world)
    admin = (await _ids(quiet_world))["admin"]
    for act in ("disable", "reset"):
        answer = await quiet_world.client.post(f"/admin/accounts/{admin}/{act}")
        assert answer.status_code == 409
    assert (await quiet_world.client.get("/admin/accounts")).status_code == 200


async def test_an_account_that_is_not_there_is_not_found(quiet_world: World) -> None:
    await _as_admin(quiet_world)
    for act in ("disable", "reset"):
        path = f"/admin/accounts/00000000-0000-7000-8000-000000000000/{act}"
        assert (await quiet_world.client.post(path)).status_code == 404
