"""What somebody was writing comes back where it can be written no more, and nothing of a case."""

import html
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from tests.integration.ended_city import ENDED, plan_without
from tests.integration.meetings import (
    COORDINATOR,
    DESK,
    LEAD,
    SIDE,
    act,
    case_of,
    meet,
    open_case,
    plan,
    today,
)
from tests.people import PASSWORD, add_accounts
from tests.world import World, running_world

pytestmark = pytest.mark.anyio

_WORDS = '昨日から<b>三度</b>訪ねた "だれも" いない'
_BACK = re.compile(r"<textarea [^>]*readonly>([^<]*)</textarea>")
_REASON, _TOPICS = "家計の相談が必要", ("孤独・孤立", "DV")
_CONTACT = {"on": today(), "kind": "visit", "memo": _WORDS}


def _back(page: str) -> list[str]:
    """The texts that a page gives back."""
    return [html.unescape(text) for text in _BACK.findall(page)]


async def _sign_in(world: World, agency: str) -> None:
    form = {"login": agency, "password": PASSWORD}
    assert (await world.client.post("/sign-in", data=form)).status_code == 303


async def _leg(world: World, case: str, receiver: str, who: str = DESK) -> str:
    legs = (await case_of(world, case, who))["legs"]
    return str(next(leg["id"] for leg in legs if leg["to"] == receiver))


def _form_of(page: str, action: str) -> dict[str, str]:
    """What a browser would send of a form that nobody touched, its choices left out."""
    [form] = [one for one in page.split("<form")[1:] if f'action="{action}"' in one]
    form = form.partition("</form>")[0]
    found = dict(
        re.findall(r'<input type="(?:hidden|text)"[^>]* name="([^"]*)" value="([^"]*)"', form)
    )
    found |= dict(re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>([^<]*)</textarea>', form))
    return {name: html.unescape(value) for name, value in found.items()}


async def _violent(world: World, case: str) -> None:
    """A correction says that the case is about violence: who did not take it sees it no more."""
    records = await world.get("/intake/api/consultations", f"counter:{DESK}")
    [record] = [one for one in records if one["case_id"] == case]
    words = {"topics": ["dv"], "main_topic": "dv", "reason": "訂正"}
    path = f"/intake/api/consultations/{record['id']}/corrections"
    await world.post(path, f"counter:{DESK}", words)
    await world.settle()


@pytest.mark.parametrize(
    ("path", "form", "texts"),
    [
        ("{leg}/contacts", _CONTACT | {"authorised_by": "課長"}, [_WORDS, "課長"]),
        ("{leg}/return", {"reason": "not-ours", "note": _WORDS}, [_WORDS]),
        ("{case}/close", {"end": "completed", "note": _WORDS}, [_WORDS]),
        ("{case}/plan", {"goal-1": _WORDS, "role-1-1": "月に一度"}, [_WORDS, "月に一度"]),
        ("/referral/conferences/new", {"cases": "{id}", "minutes": _WORDS}, [_WORDS]),
        ("/intake/consultations/new", {"memo": _WORDS, "refer_reason": "急ぎ"}, [_WORDS, "急ぎ"]),
    ],
)
async def test_who_writes_for_an_agency_that_ends_gets_the_text_back(
    world: World,
    environment: dict[str, str],
    tmp_path: Path,
    path: str,
    form: dict[str, str],
    texts: list[str],
) -> None:
    await add_accounts(world.settings, ENDED)
    case = await open_case(world, ENDED)
    leg = await _leg(world, case, ENDED)
    base = f"/referral/cases/{case}"
    address = path.format(leg=f"{base}/referrals/{leg}", case=base)
    sent = {name: value.replace("{id}", case) for name, value in form.items()}
    before = await case_of(world, case)
    city = {"TSUNAGI_PLAN": str(plan_without(tmp_path))}
    async with running_world({**environment, **city}, workers=False) as quiet:
        await _sign_in(quiet, ENDED)
        with capture_logs() as logs:
            refused = await quiet.client.post(address, data=sent)
        called = await quiet.call("POST", f"/referral/api/referrals/{leg}/accept", ENDED, {})
    assert (refused.status_code, _back(refused.text)) == (403, texts)
    assert "なくなった機関です" in refused.text
    assert "<b>三度" not in refused.text
    assert "not-ours" not in refused.text
    assert case not in refused.text.replace(address, "")
    assert _WORDS not in str(logs)
    assert (called.status_code, called.json()["code"]) == (403, "agency-ended")
    assert await case_of(world, case) == before


async def test_who_answers_a_leg_that_was_taken_back_gets_the_text_back(world: World) -> None:
    await add_accounts(world.settings, LEAD)
    case = await open_case(world, LEAD)
    leg = await _leg(world, case, LEAD)
    await _sign_in(world, LEAD)
    await act(world, leg, DESK, "withdraw", reason="別の機関で対応")
    form = {"reason": "not-ours", "note": _WORDS}
    refused = await world.client.post(f"/referral/cases/{case}/referrals/{leg}/return", data=form)
    assert (refused.status_code, _back(refused.text)) == (409, [_WORDS])
    _shows_nothing(refused)


async def test_who_writes_on_a_case_that_is_hidden_meanwhile_gets_the_text_back(
    world: World,
) -> None:
    await add_accounts(world.settings, COORDINATOR)
    case = await open_case(world, LEAD)
    await _sign_in(world, COORDINATOR)
    await _violent(world, case)
    form = {"to": SIDE, "reason": _WORDS, "basis": "consent", "mode": "phone"}
    refused = await world.client.post(f"/referral/cases/{case}/referrals", data=form)
    assert (refused.status_code, _back(refused.text)) == (404, [_WORDS])
    _shows_nothing(refused)


def _shows_nothing(answer: httpx.Response) -> None:
    for words in (_REASON, *_TOPICS):
        assert words not in answer.text


async def test_what_the_page_filled_in_is_not_given_back(world: World) -> None:
    await add_accounts(world.settings, COORDINATOR)
    case = await open_case(world, LEAD)
    leg = await _leg(world, case, LEAD)
    await act(world, leg, LEAD, "return", reason="not-ours", suggest="hello-work")
    await world.post(f"/referral/api/cases/{case}/plan", DESK, plan(DESK))
    await _sign_in(world, COORDINATOR)
    base = f"/referral/cases/{case}"
    page = (await world.client.get(base)).text
    sheet = (await world.client.get(f"{base}/plan")).text
    [proposed] = [one for one in page.split("<details") if "提案された機関につなぐ：" in one]
    offer = _form_of(proposed, f"{base}/referrals") | {"basis": "consent", "mode": "phone"}
    draft = _form_of(sheet, f"{base}/plan")
    assert (offer["override"], draft["role-1-1"]) == (
        "地域包括支援センターの提案",
        "月に一度の訪問",
    )
    assert offer["reason"]
    await _violent(world, case)
    for address, form, changed in (("referrals", offer, "reason"), ("plan", draft, "goal-2")):
        for sent, texts in ((form, []), (form | {changed: _WORDS}, [_WORDS])):
            refused = await world.client.post(f"{base}/{address}", data=sent)
            assert (refused.status_code, _back(refused.text)) == (404, texts)
            for words in (offer["reason"], offer["override"], draft["goal-1"], "月に一度"):
                assert words not in refused.text


async def test_a_deed_without_a_form_gives_its_text_back_on_the_case(world: World) -> None:
    await add_accounts(world.settings, LEAD)
    case = await open_case(world, LEAD)
    leg = await _leg(world, case, LEAD)
    await act(world, leg, LEAD, "accept")
    await act(world, leg, LEAD, "close", outcome="resolved", ended_by="person")
    await _sign_in(world, LEAD)
    base = f"/referral/cases/{case}"
    refused = await world.client.post(f"{base}/referrals/{leg}/contacts", data=_CONTACT)
    assert (refused.status_code, _back(refused.text)) == (409, [_WORDS])
    wrong = {"to": SIDE, "reason": _WORDS}
    kept = await world.client.post(f"{base}/referrals", data=wrong)
    assert (kept.status_code, _back(kept.text)) == (422, [])
    assert html.escape(_WORDS, quote=False) in kept.text.replace("&#34;", '"')
    end = {"end": "completed", "outcome": "resolved", "ended_by": "person"}
    await world.post(f"{base.replace('/referral', '/referral/api')}/close", LEAD, end)
    draft = {"goal-1": _WORDS, "agency-1-1": LEAD, "role-1-1": "訪問", "review_on": today()}
    refused = await world.client.post(f"{base}/plan", data=draft)
    assert (refused.status_code, _back(refused.text)) == (409, [_WORDS, "訪問"])


async def test_a_record_that_was_taken_back_already_gives_its_reason_back(world: World) -> None:
    await add_accounts(world.settings, DESK)
    held = (await meet(world, DESK, [await open_case(world, LEAD)])).json()["id"]
    await _sign_in(world, DESK)
    address = f"/referral/conferences/{held}/cancellation"
    first = await world.client.post(address, data={"reason": "二重に記録した"})
    assert first.status_code == 303
    again: Any = await world.client.post(address, data={"reason": _WORDS})
    assert (again.status_code, _back(again.text)) == (409, [_WORDS])
