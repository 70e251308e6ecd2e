"""The administrator's page of accounts."""

from datetime import UTC, datetime

import pytest

from shared.database import make_engine
from shared.identity.accounts import create_account, list_accounts
from shared.identity.principal import Role
from tests.people import PASSWORD
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


_NEW = {"login": "csw", "name": "担当", "role": "agency", "agency": "csw", "password": PASSWORD}


async def test_a_new_account_signs_in_until_it_is_disabled(quiet_world: World) -> None:
    await _as_admin(quiet_world)
    client = quiet_world.client
    assert (await client.post("/admin/accounts", data=_NEW)).status_code == 303
    admin = client.cookies["tsunagi"]
    await client.post("/sign-in", data={"login": "csw", "password": PASSWORD})
    csw = client.cookies["tsunagi"]
    assert (await client.get("/referral/inbox")).status_code == 200
    path = f"/admin/accounts/{(await _ids(quiet_world))['csw']}/disable"
    headers = {"Cookie": f"tsunagi={admin}"}
    client.cookies.clear()
    assert (await client.post(path, headers=headers)).status_code == 303
    ended = await client.get("/referral/inbox", headers={"Cookie": f"tsunagi={csw}"})
    assert ended.status_code == 303
    again = await client.post("/sign-in", data={"login": "csw", "password": PASSWORD})
    assert again.status_code == 401


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"login": ""}, "ログイン名"),
        ({"role": "mayor"}, "役割"),
        ({"agency": ""}, "機関"),
        ({"agency": "nobody"}, "一覧にない機関です。"),
        ({"password": "short"}, "パスワード"),
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
    answer = await quiet_world.client.post(f"/admin/accounts/{admin}/disable")
    assert answer.status_code == 409
    assert (await quiet_world.client.get("/admin/accounts")).status_code == 200
