"""人事異動: what one person takes care of goes to a colleague at once, with its history."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.database import make_engine
from shared.identity.accounts import create_account, disable_account
from shared.identity.principal import Role
from tests.people import PASSWORD
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_PAGE = "/referral/reassign"


async def _account(world: World, login: str, agency: str = "csw") -> str:
    engine = make_engine(world.settings.database_url("identity"), pool_size=1)
    async with engine.begin() as connection:
        made = await create_account(
            connection,
            login=login,
            name=f"職員 {login}",
            role=Role.AGENCY,
            agency=agency,
            password=PASSWORD,
            now=datetime.now(UTC),
        )
    await engine.dispose()
    return str(made)


async def _leave(world: World, account: str) -> None:
    engine = make_engine(world.settings.database_url("identity"), pool_size=1)
    async with engine.begin() as connection:
        await disable_account(connection, account, datetime.now(UTC))  # type: ignore[arg-type]
    await engine.dispose()


async def _assigned(world: World, account: str, number: int) -> list[str]:
    cases = []
    for _ in range(number):
        body = consultation(**refer("csw"))
        made = await world.post("/intake/api/consultations", "counter:shakyo-sogo", body)
        cases.append(made["case_id"])
    await world.settle()
    for leg in await world.get("/referral/api/inbox", "csw"):
        if leg["case_id"] in cases:
            path = f"/referral/api/referrals/{leg['id']}/assign"
            await world.post(path, "csw", {"account": account})
    return cases


async def _send(world: World, who: str, **form: str) -> Any:
    secret = await world.token(who)
    headers = {"Authorization": f"Bearer {secret}"}
    return await world.client.post(_PAGE, data=form, headers=headers)


async def test_everything_of_one_who_left_goes_to_the_colleague(world: World) -> None:
    old, new, other = [await _account(world, name) for name in ("old", "new", "other")]
    cases = await _assigned(world, old, 3)
    await _assigned(world, other, 1)
    await _leave(world, old)
    page = (await world.call("GET", _PAGE, "csw")).text
    assert re.search(r"職員 old</th>.*?3件.*?この機関では使われていません", page, re.S)
    assert f'<option value="{old}">職員 old（3件）' in page

    answer = await _send(world, "csw", leaving=old, to=new)
    assert answer.status_code == 303
    for case in cases:
        shown = await world.get(f"/referral/api/cases/{case}", "csw")
        assert shown["legs"][0]["assigned_to"] == "職員 new"
        assert [act["action"] for act in shown["history"]].count("assign") == 2
    page = (await world.call("GET", _PAGE, "csw")).text
    assert "職員 old" not in page
    assert re.search(r"職員 other</th>.*?1件", page, re.S)


async def test_a_takeover_that_cannot_be_is_refused_and_changes_nothing(world: World) -> None:
    old, stranger = await _account(world, "old"), await _account(world, "stranger", "hoiku")
    [case] = await _assigned(world, old, 1)
    for form in (
        {"leaving": old, "to": old},
        {"leaving": old, "to": stranger},
        {"leaving": old},
        {"to": old},
    ):
        assert (await _send(world, "csw", **form)).status_code == 422
    assert (await _send(world, "hoiku", leaving=old, to=stranger)).status_code == 409
    assert (await _send(world, "counter:csw", leaving=old, to=old)).status_code == 403
    shown = await world.get(f"/referral/api/cases/{case}", "csw")
    assert shown["legs"][0]["assigned_to"] == "職員 old"
