"""Bad input is refused with the field's name in Japanese; nothing is stored, nothing is logged."""

import json
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from shared.database import AS_SERVICE, make_engine
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_DESK = "counter:chiiki-kyosei"
_PATH = "/intake/api/consultations"
_SECRET = "山田太郎"


async def _stored(world: World) -> int:
    engine = make_engine(world.settings.database_url("intake"), pool_size=1, options=AS_SERVICE)
    async with engine.connect() as connection:
        rows = await connection.execute(
            text(
                "SELECT (SELECT count(*) FROM consultation) + (SELECT count(*) FROM outbox)"
                " + (SELECT count(*) FROM activity) + (SELECT count(*) FROM figure)"
                " + (SELECT count(*) FROM idempotency_key)"
            )
        )
        found = int(rows.scalar_one())
    await engine.dispose()
    return found


def _wrong(**changes: Any) -> dict[str, Any]:
    return consultation(memo=_SECRET, memo_confirmed=True, **changes)


def _refer(**changes: Any) -> dict[str, Any]:
    return _wrong(**refer("csw", **changes))


_CASES = {
    "unknown code": (_wrong(caller="nobody"), ["caller"]),
    "unknown field": (_wrong(name="x"), ["name"]),
    "time without offset": (_wrong(received_at="2026-05-20T10:00:00"), ["received_at"]),
    "in the future": (_wrong(received_at="2199-01-01T00:00:00+09:00"), ["received_at"]),
    "before 2000": (_wrong(received_at="1999-12-31T23:59:59+09:00"), ["received_at"]),
    "not a time": (_wrong(received_at="きのう"), ["received_at"]),
    "no topic": (_wrong(topics=[]), ["topics"]),
    "unknown topic": (_wrong(topics=["isolation", "x"]), ["topics", 1]),
    "the same topic twice": (_wrong(topics=["isolation", "isolation"]), ["topics"]),
    "main topic not among them": (_wrong(main_topic="debt"), ["main_topic"]),
    "unknown agency": (_wrong(**refer("nobody")), ["refer", "to", 0]),
    "own desk": (_wrong(**refer("chiiki-kyosei")), ["refer", "to", 0]),
    "too many agencies": (
        _wrong(**refer("csw", "houkatsu", "hoiku", "sangyo", "silver", "kodomo-katei")),
        ["refer", "to"],
    ),
    "the same agency twice": (_wrong(**refer("csw", "csw")), ["refer", "to"]),
    "lead not among them": (_refer(lead="houkatsu"), ["refer", "lead"]),
    "unknown basis": (_refer(basis="x"), ["refer", "basis"]),
    "no reason": (_refer(reason=" "), ["refer", "reason"]),
    "reason too long": (_refer(reason="あ" * 201), ["refer", "reason"]),
    "referred before received": (_refer(at="2026-05-01T10:00:00+09:00"), ["refer", "at"]),
    "referral without the response": (_wrong(refer=refer("csw")["refer"]), ["refer"]),
    "response without the referral": (_wrong(response="refer"), ["refer"]),
    "memo too long": (consultation(memo="あ" * 501), ["memo"]),
    "a number for a word": (_wrong(caller=5), ["caller"]),
    "a word for yes or no": (_wrong(anonymous="yes"), ["anonymous"]),
    "null": (_wrong(sex=None), ["sex"]),
}


@pytest.mark.parametrize("name", _CASES)
async def test_a_wrong_field_is_named(quiet_world: World, name: str) -> None:
    body, loc = _CASES[name]
    with capture_logs() as logs:
        answer = await quiet_world.call(
            "POST", _PATH, _DESK, body, headers={"Idempotency-Key": "k"}
        )
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"]
    assert problem["errors"][0]["loc"] == loc, problem
    assert all(any(ord(letter) > 0x3000 for letter in f["detail"]) for f in problem["errors"])
    assert _SECRET not in str(logs)
    assert await _stored(quiet_world) == 0


_BYTES = {
    "malformed JSON": (b'{"caller": ', 422),
    "no JSON at all": (b"", 422),
    "invalid UTF-8": (b'{"caller": "\xff\xfe"}', 422),
    "a lone surrogate": (b'{"caller": "\\ud800"}', 422),
    "NUL": (b'{"caller": "a\\u0000b"}', 422),
    "NaN": (b'{"caller": NaN}', 422),
    "Infinity": (b'{"quantity": Infinity}', 422),
    "too deep": (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, 422),
    "a list": (b"[]", 422),
    "an endless number": (b'{"quantity": ' + b"9" * 5_000 + b"}", 422),
    "over the limit": (json.dumps({"memo": "あ" * 600_000}).encode(), 413),
}


@pytest.mark.parametrize("name", _BYTES)
@pytest.mark.parametrize("path", [_PATH, "/intake/api/activities", "/intake/api/figures"])
async def test_bytes_that_are_no_record_are_refused(
    quiet_world: World, name: str, path: str
) -> None:
    content, status = _BYTES[name]
    token = await quiet_world.token(_DESK)
    answer = await quiet_world.client.post(
        path,
        content=content,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    ), answer.text
    assert answer.json()["detail"]
    assert await _stored(quiet_world) == 0


_HOSTS: dict[str, Any] = {"indicator": "volunteer-hosts", "as_of": "2026-05-20"}
_ON_A_DAY: dict[str, Any] = {"held_on": "2026-05-20"}
_GIFT: dict[str, Any] = _ON_A_DAY | {"kind": "donation", "amount": 1000}
_RATE: dict[str, Any] = {"indicator": "training-satisfaction", "as_of": "2026-05-20"}


@pytest.mark.parametrize(
    ("path", "body", "loc"),
    [
        ("activities", {"kind": "x", "held_on": "2026-05-20"}, ["kind"]),
        ("activities", _GIFT | {"held_on": "2199-05-20"}, ["held_on"]),
        ("activities", _GIFT | {"held_on": "1999-05-20"}, ["held_on"]),
        ("activities", _GIFT | {"quantity": -1}, ["quantity"]),
        ("activities", _GIFT | {"amount": 1.5}, ["amount"]),
        ("activities", _GIFT | {"amount": None, "quantity": 3}, ["amount"]),
        ("activities", _ON_A_DAY | {"kind": "area-assessment"}, ["district"]),
        (
            "activities",
            _ON_A_DAY | {"kind": "area-assessment", "district": "outside"},
            ["district"],
        ),
        ("activities", _ON_A_DAY | {"kind": "welfare-lecture"}, ["attendance"]),
        ("activities", _ON_A_DAY | {"kind": "dementia-supporter-course"}, ["attendance"]),
        ("figures", {"indicator": "x", "as_of": "2026-05-20", "value": 1}, ["indicator"]),
        ("figures", {"indicator": "donations", "as_of": "2026-05-20", "value": 1}, ["indicator"]),
        ("figures", {"indicator": "active-groups", "as_of": "2026-05-20", "value": 1}, ["part"]),
        ("figures", _HOSTS | {"value": 5.5}, ["value"]),
        ("figures", _HOSTS | {"value": -1}, ["value"]),
        ("figures", _HOSTS | {"value": 1e13}, ["value"]),
        ("figures", _HOSTS, ["value"]),
        ("figures", _HOSTS | {"value": 1, "state": "検討"}, ["state"]),
        ("figures", _HOSTS | {"value": 1, "part": "silver"}, ["part"]),
        ("figures", _HOSTS | {"value": "たくさん"}, ["value"]),
        ("figures", _HOSTS | {"value": "40"}, ["value"]),
        ("figures", _HOSTS | {"value": True}, ["value"]),
        ("figures", _RATE | {"numerator": "8", "denominator": 10}, ["numerator"]),
        ("figures", _RATE | {"numerator": 8, "denominator": "10"}, ["denominator"]),
        ("figures", _HOSTS | {"value": 1, "as_of": "2199-05-20"}, ["as_of"]),
        ("figures", _HOSTS | {"value": 1, "as_of": "2026-02-29"}, ["as_of"]),
        ("figures", _RATE | {"numerator": 1}, ["denominator"]),
        ("figures", _RATE | {"numerator": 0, "denominator": 0}, ["denominator"]),
        ("figures", _RATE | {"numerator": -1, "denominator": 5}, ["numerator"]),
        ("figures", _RATE | {"numerator": 1.5, "denominator": 8}, ["numerator"]),
        ("figures", _RATE | {"numerator": 1, "denominator": 8.25}, ["denominator"]),
        (
            "figures",
            {
                "indicator": "integrated-support-system",
                "as_of": "2026-05-20",
                "state": "まもなく",
            },
            ["state"],
        ),
        (
            "figures",
            {
                "indicator": "training-satisfaction",
                "as_of": "2026-05-20",
                "numerator": 9,
                "denominator": 8,
            },
            ["numerator"],
        ),
    ],
)
async def test_wrong_activities_and_figures_are_named(
    quiet_world: World, path: str, body: dict[str, Any], loc: list[str]
) -> None:
    answer = await quiet_world.call("POST", f"/intake/api/{path}", "chiiki-kyosei", body)
    assert answer.status_code == 422, answer.text
    errors = answer.json()["errors"]
    assert [fault["loc"] for fault in errors] == [loc]
    assert all(any(ord(letter) > 0x3000 for letter in fault["detail"]) for fault in errors)
    assert await _stored(quiet_world) == 0


@pytest.mark.parametrize("path", [_PATH, "/referral/api/cases/x", "/intake/api/nothing", "/%ff"])
async def test_wrong_addresses_are_problems_too(quiet_world: World, path: str) -> None:
    answer = await quiet_world.call("DELETE", path, _DESK)
    assert answer.status_code in (404, 405, 422)
    assert answer.headers["content-type"] == "application/problem+json"
