"""Promise: nothing that points at a person is taken, and what is refused is told nowhere else."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from structlog.testing import capture_logs

from shared.database import AS_SERVICE, make_engine
from shared.messaging.connecting import connect_redis
from tests.people import PASSWORD, add_accounts
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_PATH = "/intake/api/consultations"
_DESK = "counter:shakyo-sogo"
_TELEPHONE = "折り返しは０９０−１２３４−５６７８へ。"
_NAME = "本人は山田太郎と名乗る。"


async def _rows(world: World, service: str) -> dict[str, str]:
    """Every table of a service's database, as text."""
    engine = make_engine(world.settings.database_url(service), pool_size=1, options=AS_SERVICE)
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    found = {}
    async with engine.connect() as connection:
        for name in (await connection.execute(text(tables))).scalars().all():
            rows = f"SELECT string_agg(it::text, '') FROM \"{name}\" AS it"  # noqa: S608
            try:
                async with connection.begin_nested():
                    found[name] = (await connection.execute(text(rows))).scalar_one() or ""
            except ProgrammingError as error:
                found[name] = f"not readable: {type(error).__name__}"
    await engine.dispose()
    return found


async def _refused(world: World, path: str, who: str, body: Any) -> dict[str, Any]:
    with capture_logs() as logs:
        answer = await world.call("POST", path, who, body)
    assert answer.status_code == 422, answer.text
    for words in ("山田", "1234", "１２３４"):
        assert words not in answer.text
        assert words not in str(logs)
    problem: dict[str, Any] = answer.json()
    return problem


@pytest.mark.parametrize("confirmed", [False, True])
async def test_an_identifier_in_a_memo_cannot_be_confirmed(
    quiet_world: World, confirmed: bool
) -> None:
    body = consultation(memo=_TELEPHONE, memo_confirmed=confirmed)
    problem = await _refused(quiet_world, _PATH, _DESK, body)
    assert problem["code"] == "identifier-in-memo"
    (fault,) = problem["errors"]
    assert (fault["loc"], fault["code"]) == (["memo", 5, 18], "telephone")
    assert await quiet_world.get(_PATH, _DESK) == []


async def test_a_likely_name_in_a_memo_is_asked_about_and_taken_when_confirmed(
    quiet_world: World,
) -> None:
    problem = await _refused(quiet_world, _PATH, _DESK, consultation(memo=_NAME))
    assert problem["code"] == "confirm-memo"
    assert [(one["loc"], one["code"]) for one in problem["errors"]] == [
        (["memo", 3, 7], "personal-name")
    ]
    confirmed = consultation(memo=_NAME, memo_confirmed=True)
    recorded = await quiet_world.post(_PATH, _DESK, confirmed)
    shown = await quiet_world.get(f"{_PATH}/{recorded['id']}", _DESK)
    assert shown["memo"] == _NAME
    kept = (await _rows(quiet_world, "intake"))["memo_confirmation"]
    assert recorded["id"] in kept
    assert "山田" not in kept


async def test_a_memo_without_a_doubt_needs_and_keeps_no_confirmation(quiet_world: World) -> None:
    body = consultation(memo="家賃の相談。大家さんと話す。", memo_confirmed=True)
    await quiet_world.post(_PATH, _DESK, body)
    assert (await _rows(quiet_world, "intake"))["memo_confirmation"] == ""


async def test_an_identifier_beside_a_name_is_what_the_refusal_says(quiet_world: World) -> None:
    body = consultation(memo=_NAME + _TELEPHONE)
    problem = await _refused(quiet_world, _PATH, _DESK, body)
    assert problem["code"] == "identifier-in-memo"
    assert [one["code"] for one in problem["errors"]] == ["personal-name", "telephone"]


async def test_a_colleague_in_a_memo_is_taken_with_a_warning(quiet_world: World) -> None:
    body = consultation(memo="社協の佐藤CSWに引き継いだ。")
    recorded = await quiet_world.post(_PATH, _DESK, body)
    assert [one["code"] for one in recorded["warnings"]] == ["staff-name"]
    assert "佐藤" not in str(recorded)


@pytest.mark.parametrize("words", [_NAME, _TELEPHONE])
@pytest.mark.parametrize("field", ["reason", "authorised_by"])
async def test_nothing_in_a_referral_can_be_confirmed(
    quiet_world: World, words: str, field: str
) -> None:
    body = consultation(**refer("csw", **{field: words}), memo_confirmed=True)
    problem = await _refused(quiet_world, _PATH, _DESK, body)
    assert problem["code"] == "identifier-in-memo"
    assert problem["errors"][0]["loc"][:2] == ["refer", field]


async def test_notes_and_reasons_of_every_service_are_guarded(world: World) -> None:
    body = consultation(**refer("csw", at="2026-05-20T11:00:00+09:00"))
    recorded = await world.post(_PATH, _DESK, body)
    await world.settle()
    case = await world.get(f"/referral/api/cases/{recorded['case_id']}", "csw")
    leg = f"/referral/api/referrals/{case['legs'][0]['id']}"
    activity = {"kind": "volunteer-consultation", "held_on": "2026-05-20", "note": _NAME}
    contact = {"on": "2026-05-20", "kind": "visit", "memo": _TELEPHONE}
    closing = {"outcome": "resolved", "ended_by": "person", "note": _NAME}
    for path, who, words in (
        ("/intake/api/activities", _DESK, activity),
        (f"{_PATH}/{recorded['id']}/corrections", _DESK, {"reason": _NAME, "caller": "family"}),
        (f"{_PATH}/{recorded['id']}/cancellation", _DESK, {"reason": _TELEPHONE}),
        (f"{leg}/return", "csw", {"reason": "no-capacity", "note": _NAME}),
        (f"{leg}/withdraw", "shakyo-sogo", {"reason": _NAME}),
        (f"{leg}/contacts", "csw", contact),
        (f"{leg}/close", "csw", closing),
    ):
        problem = await _refused(world, path, who, words)
        assert problem["code"] == "identifier-in-memo", path


async def test_a_memo_never_leaves_its_table(world: World) -> None:
    secret = "赤い自転車に乗っている。"
    with capture_logs() as logs:
        body = consultation(memo=secret, **refer("csw"))
        await world.call("POST", _PATH, _DESK, body, headers={"Idempotency-Key": "memo"})
        await world.settle()
    holding = [
        (service, table)
        for service in ("identity", "intake", "referral", "metrics")
        for table, rows in (await _rows(world, service)).items()
        if "赤い自転車" in rows
    ]
    assert holding == [("intake", "memo")]
    assert "自転車" not in str(logs)
    redis = connect_redis(world.settings.redis_url.get_secret_value())
    streams = await redis.keys("ev:*")
    assert streams
    for stream in streams:
        assert "自転車" not in str(
            [entry[b"event"].decode() for _, entry in await redis.xrange(stream)]
        )
    await redis.aclose()


async def _typed(world: World, **changes: Any) -> dict[str, Any]:
    await add_accounts(world.settings, "csw")
    sign_in = {"login": "counter", "password": PASSWORD}
    assert (await world.client.post("/sign-in", data=sign_in)).status_code == 303
    fields = {
        name: value
        for name, value in consultation(**changes).items()
        if not isinstance(value, bool)
    }
    return fields | {"received_at": "2026-05-20T10:00", "form_key": "first"}


async def test_the_page_marks_the_place_and_offers_to_confirm_a_name(quiet_world: World) -> None:
    form = await _typed(quiet_world, memo=_NAME)
    answer = await quiet_world.client.post("/intake/consultations/new", data=form)
    assert answer.status_code == 422
    assert "本人は<mark>山田太郎</mark>と名乗る。" in answer.text
    assert f">{_NAME}</textarea>" in answer.text
    assert "名前ではありません。このまま記録する" in answer.text
    confirmed = form | {"memo_confirmed": "true", "form_key": "second"}
    answer = await quiet_world.client.post("/intake/consultations/new", data=confirmed)
    assert answer.status_code == 303


async def test_the_page_marks_an_identifier_and_offers_no_confirmation(quiet_world: World) -> None:
    form = await _typed(quiet_world, memo=_TELEPHONE)
    answer = await quiet_world.client.post("/intake/consultations/new", data=form)
    assert answer.status_code == 422
    assert "<mark>０９０−１２３４−５６７８</mark>" in answer.text
    assert "折り返しの連絡先を確認済み" in answer.text
    assert "このまま記録する" not in answer.text
