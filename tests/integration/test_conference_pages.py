"""A conference that is sent twice from its page is held once, and the wrong hands find nothing."""

from typing import Any

import pytest

from tests.integration.meetings import LEAD, SIDE, STRANGER, case_of, met, open_case, today
from tests.people import PASSWORD, add_accounts
from tests.world import World

pytestmark = pytest.mark.anyio

_DESK = "csw"
_NEW = "/referral/conferences/new"


async def _sign_in(world: World, login: str) -> None:
    answer = await world.client.post("/sign-in", data={"login": login, "password": PASSWORD})
    assert answer.status_code == 303


def _form(case: str, **changes: Any) -> dict[str, Any]:
    agenda = {"kind": "support-conference", "held_on": today(), "agencies": LEAD, "cases": case}
    return agenda | {"lead-0": LEAD, "minutes": "", "form_key": "of-this-page"} | changes


async def test_a_double_click_holds_one_conference(world: World) -> None:
    await add_accounts(world.settings, _DESK)
    case = await open_case(world, LEAD, desk=_DESK)
    await _sign_in(world, _DESK)
    answers = [await world.client.post(_NEW, data=_form(case)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    shown = await case_of(world, case, _DESK)
    assert (shown["holder"], len(shown["conferences"])) == (LEAD, 1)


async def test_a_refused_conference_comes_back_as_it_was_typed(world: World) -> None:
    await add_accounts(world.settings, _DESK)
    case = await open_case(world, LEAD, desk=_DESK)
    await _sign_in(world, _DESK)
    form = _form(case, **{"end-0": "completed", "minutes": "終わりについて"})
    answer = await world.client.post(_NEW, data=form)
    assert answer.status_code == 422
    assert "「終結・中断」は支援会議では決められません。" in answer.text
    assert "終わりについて" in answer.text
    assert (await case_of(world, case, _DESK))["holder"] == _DESK


async def test_the_pages_show_nothing_to_who_has_nothing_to_do_with_it(world: World) -> None:
    await add_accounts(world.settings, STRANGER)
    case = await open_case(world, LEAD, desk=_DESK)
    held = await met(world, _DESK, [case], agencies=[SIDE], minutes="ここだけの話")
    await _sign_in(world, STRANGER)
    for path in (f"/referral/conferences/{held['id']}", f"/referral/cases/{case}/plan"):
        assert (await world.client.get(path)).status_code == 404
    listed = await world.client.get("/referral/conferences")
    assert "ここだけの話" not in listed.text
    assert "参加した会議はまだありません。" in listed.text
    step = {"step": "decisions", "kind": "support-conference", "held_on": today()}
    agenda = await world.client.get(_NEW, params=step | {"agencies": LEAD, "cases": case})
    assert agenda.status_code == 422
    assert "孤独・孤立" not in agenda.text
