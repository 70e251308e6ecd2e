"""Promise: what somebody writes is what everybody reads: nothing unseen, nothing turned around."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from shared.web.models import ApiModel
from tests.architecture.test_guarded_fields import bodies
from tests.people import PASSWORD, add_accounts
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_DESK = "counter:chiiki-kyosei"
_PATH = "/intake/api/consultations"
_UNCLEAR = ["\x01", "\x1b[2J", "\x7f", "\x9b", "\u202e", "\u2066"]
_NOTHING = ["\u200b", "\u3164", "\u2800", "\ufe0f", "\u034f \u3000", "\U000e0100"]


async def _sent(world: World, body: dict[str, Any]) -> tuple[int, list[tuple[list[Any], str]]]:
    answer = await world.call("POST", _PATH, _DESK, body, headers={"Idempotency-Key": "k"})
    problem = answer.json()
    return answer.status_code, [(one["loc"], one["code"]) for one in problem.get("errors", [])]


@pytest.mark.parametrize("mark", _UNCLEAR)
async def test_controls_and_turning_marks_are_refused_by_field(
    quiet_world: World, mark: str
) -> None:
    memo = consultation(memo=f"相談{mark}の内容")
    assert await _sent(quiet_world, memo) == (422, [(["memo"], "bad-character")])
    reason = consultation(**refer("csw", reason=f"見守り{mark}のため"))
    assert await _sent(quiet_world, reason) == (422, [(["refer", "reason"], "bad-character")])


@pytest.mark.parametrize("text", _NOTHING)
async def test_a_text_that_shows_nothing_is_none(quiet_world: World, text: str) -> None:
    reason = consultation(**refer("csw", reason=text))
    assert await _sent(quiet_world, reason) == (422, [(["refer", "reason"], "nothing-shown")])
    memo = consultation(memo=text)
    assert await _sent(quiet_world, memo) == (422, [(["memo"], "nothing-shown")])


async def test_lines_tabs_and_marks_within_words_stay(quiet_world: World) -> None:
    memo = consultation(memo="一行目\r\n\t二行目\n葛\U000e0100城方面 ☎\ufe0f あり")
    assert (await _sent(quiet_world, memo))[0] == 201


@pytest.mark.parametrize("text", [*_UNCLEAR, *_NOTHING])
def test_no_body_has_a_text_that_takes_it(text: str) -> None:
    for body in bodies():
        if body is ApiModel or not body.model_fields:
            continue
        names = [field.alias or name for name, field in body.model_fields.items()]
        with pytest.raises(ValidationError) as refused:
            body.model_validate(dict.fromkeys(names, text))
        kinds = {fault["type"] for fault in refused.value.errors()}
        assert kinds <= {"unclear_character", "nothing_shown"}, body


@pytest.mark.parametrize(
    ("more", "loc"),
    [
        (', "memo": "a", "memo": "b"', ["memo"]),
        (', "refer": {"reason": "a", "reason": "b"}', ["refer", "reason"]),
        (', "topics": [{"a": 1, "a": 1}]', ["topics", 0, "a"]),
    ],
)
async def test_a_field_comes_once(quiet_world: World, more: str, loc: list[Any]) -> None:
    answer = await quiet_world.client.post(
        _PATH,
        content=json.dumps({"caller": "self"})[:-1] + more + "}",
        headers={
            "Authorization": f"Bearer {await quiet_world.token(_DESK)}",
            "Content-Type": "application/json",
        },
    )
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert (fault["loc"], fault["code"]) == (loc, "repeated-field")


@pytest.mark.parametrize(
    ("memo", "said"),
    [
        (
            "相談\u202eの内容",
            "メモ（窓口の控え）：改行とタブのほかの制御文字や、文字の向きを変える記号は使えません。",
        ),
        ("\u3164", "メモ（窓口の控え）：目に見える文字を入力してください。"),
    ],
)
async def test_the_page_names_the_field_too(quiet_world: World, memo: str, said: str) -> None:
    await add_accounts(quiet_world.settings, "csw")
    sign_in = {"login": "counter", "password": PASSWORD}
    assert (await quiet_world.client.post("/sign-in", data=sign_in)).status_code == 303
    typed = consultation(memo=memo).items()
    form = {name: value for name, value in typed if not isinstance(value, bool)}
    form |= {"received_at": "2026-05-20T10:00", "form_key": "first"}
    answer = await quiet_world.client.post("/intake/consultations/new", data=form)
    assert (answer.status_code, said in answer.text) == (422, True)
