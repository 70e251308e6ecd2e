"""What was written about a conference stays on the page that comes, whatever became of a case."""

import html
import re
from typing import Any

import pytest

from tests.integration.meetings import LEAD, SIDE, act, case_of, open_case, today
from tests.people import PASSWORD, add_accounts
from tests.world import World

pytestmark = pytest.mark.anyio

_CONVENER = "chiiki-kyosei"
_DESK = "csw"
_NEW = "/referral/conferences/new"
_MINUTES = "家計を二つの機関で見る。\n次は来月。"
_KEPT = "書いた内容は、そのまま残っています。"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


def _carried(page: str) -> dict[str, list[str]]:
    """What the form of a page sends along without being seen."""
    [form] = [part for part in page.split("<form")[1:] if 'name="minutes"' in part]
    found: dict[str, list[str]] = {}
    for name, value in _HIDDEN.findall(form.partition("</form>")[0]):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def _text(page: str) -> str:
    [found] = re.findall(r'<textarea id="minutes"[^>]*>([^<]*)</textarea>', page)
    return html.unescape(found)


def _form(*cases: str, **changes: Any) -> dict[str, Any]:
    agenda = {"kind": "support-conference", "held_on": today(), "agencies": [LEAD]}
    return agenda | {"cases": list(cases), "minutes": _MINUTES} | changes


async def _two_cases(world: World) -> tuple[str, str]:
    await add_accounts(world.settings, _CONVENER)
    answer = await world.client.post("/sign-in", data={"login": _CONVENER, "password": PASSWORD})
    assert answer.status_code == 303
    return await open_case(world, LEAD, desk=_DESK), await open_case(world, SIDE, desk=_DESK)


async def _close(world: World, case: str, leg: str) -> None:
    await act(world, leg, _DESK, "withdraw", reason="別の機関で対応")
    end = {"end": "completed", "outcome": "resolved", "ended_by": "person"}
    await world.post(f"/referral/api/cases/{case}/close", _DESK, end)


async def _leg(world: World, case: str) -> str:
    return str((await case_of(world, case, _DESK))["legs"][0]["id"])


async def _chosen_anew(world: World, gone: str, left: str) -> Any:
    """Send a conference on two cases of which one is gone; then choose the other one alone."""
    form = _form(gone, left, **{"lead-1": SIDE, "form_key": "of-this-page"})
    refused = await world.client.post(_NEW, data=form)
    assert refused.status_code == 422
    assert _KEPT in refused.text
    assert f'value="{left}" checked' in refused.text
    assert gone not in refused.text
    assert 'name="was"' in refused.text
    assert _text(refused.text) == _MINUTES
    assert f'action="{_NEW}/decisions"' in refused.text
    carried = _carried(refused.text)
    again = _form(left) | carried
    page = await world.client.post(f"{_NEW}/decisions", data=again)
    assert page.status_code == 200
    assert _text(page.text) == _MINUTES
    [lead] = re.findall(r'<select id="lead-0".*?</select>', page.text, re.DOTALL)
    assert f'value="{SIDE}" selected' in lead
    return page


async def test_a_case_that_was_closed_meanwhile_takes_no_text_along(world: World) -> None:
    gone, left = await _two_cases(world)
    await _close(world, gone, await _leg(world, gone))
    page = await _chosen_anew(world, gone, left)
    sent = _form(left, **{"lead-0": SIDE}, form_key=_carried(page.text)["form_key"][0])
    held = await world.client.post(_NEW, data=sent)
    assert held.status_code == 303
    sheet = await world.client.get(held.headers["location"])
    assert "家計を二つの機関で見る。" in sheet.text


async def test_a_case_that_came_to_be_about_violence_takes_no_text_along(world: World) -> None:
    gone, left = await _two_cases(world)
    consultations = await world.get("/intake/api/consultations", f"counter:{_DESK}")
    [record] = [one for one in consultations if one["case_id"] == gone]
    topics = {"topics": ["dv"], "main_topic": "dv", "reason": "訂正"}
    path = f"/intake/api/consultations/{record['id']}/corrections"
    await world.post(path, f"counter:{_DESK}", topics)
    await world.settle()
    answer = await world.call("GET", f"/referral/api/cases/{gone}", _CONVENER)
    assert answer.status_code == 404
    page = await _chosen_anew(world, gone, left)
    assert gone not in page.text


async def test_the_agenda_is_chosen_anew_with_what_was_written(world: World) -> None:
    first, second = await _two_cases(world)
    form = _form(first, second, **{"lead-1": SIDE})
    agenda = await world.client.post(f"{_NEW}/agenda", data=form)
    assert agenda.status_code == 200
    assert _text(agenda.text) == _MINUTES
    assert f'value="{first}" checked' in agenda.text
    turned = _form(second, first) | _carried(agenda.text)
    page = (await world.client.post(f"{_NEW}/decisions", data=turned)).text
    lead = re.findall(r'<select id="lead-\d".*?</select>', page, re.DOTALL)
    assert [f'value="{SIDE}" selected' in one for one in lead] == [True, False]


async def test_the_first_step_asks_for_no_text_before_there_is_one(world: World) -> None:
    await _two_cases(world)
    page = (await world.client.get(_NEW)).text
    assert 'name="minutes"' not in page
    assert f'method="get" action="{_NEW}"' in page
