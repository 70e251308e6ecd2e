"""A receiver finds its own record of support again, and nobody else ever reads it."""

import pytest

from tests.integration.meetings import LEAD, open_case, today
from tests.people import PASSWORD, add_accounts
from tests.world import World

pytestmark = pytest.mark.anyio

_DESK, _COORDINATOR = "csw", "chiiki-kyosei"
_MEMO = "家計簿をいっしょに見直した"


async def _page(world: World, case: str, login: str) -> str:
    world.client.cookies.clear()
    answer = await world.client.post("/sign-in", data={"login": login, "password": PASSWORD})
    assert answer.status_code == 303
    shown = await world.client.get(f"/referral/cases/{case}")
    assert shown.status_code == 200
    return shown.text


async def test_a_memo_is_there_for_its_receiver_alone(world: World) -> None:
    await add_accounts(world.settings, _DESK, LEAD, _COORDINATOR)
    case = await open_case(world, LEAD, desk=_DESK)
    (leg,) = (await world.get(f"/referral/api/cases/{case}", LEAD))["legs"]
    path = f"/referral/cases/{case}/referrals/{leg['id']}"
    await world.post(f"/referral/api/referrals/{leg['id']}/accept", LEAD, {})
    assert _MEMO not in await _page(world, case, LEAD)
    form = {"on": today(), "kind": "visit", "memo": _MEMO, "form_key": "once"}
    answer = await world.client.post(f"{path}/contacts", data=form)
    assert answer.status_code == 303
    assert _MEMO in await _page(world, case, LEAD)
    assert _MEMO not in await _page(world, case, _DESK)
    await world.post(f"/referral/api/cases/{case}/take-over", _COORDINATOR, {"reason": "調整"})
    assert _MEMO not in await _page(world, case, _COORDINATOR)
    for who in (_DESK, _COORDINATOR):
        assert _MEMO not in str(await world.get(f"/referral/api/cases/{case}", who))


async def test_a_memo_that_names_somebody_is_not_kept(world: World) -> None:
    await add_accounts(world.settings, LEAD)
    case = await open_case(world, LEAD, desk=_DESK)
    (leg,) = (await world.get(f"/referral/api/cases/{case}", LEAD))["legs"]
    await world.post(f"/referral/api/referrals/{leg['id']}/accept", LEAD, {})
    await _page(world, case, LEAD)
    form = {"on": today(), "kind": "visit", "memo": "090-1234-5678に電話", "form_key": "once"}
    path = f"/referral/cases/{case}/referrals/{leg['id']}/contacts"
    answer = await world.client.post(path, data=form)
    assert answer.status_code == 422
    assert "090-1234-5678に電話" in answer.text
    assert "支援の記録（" not in await _page(world, case, LEAD)
