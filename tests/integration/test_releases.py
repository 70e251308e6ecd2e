"""A manager closes a month or a year; what was published never changes, and hides small counts."""

import asyncio
import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from services.metrics.domain.published import Published
from services.metrics.domain.releasing import canonical
from shared.database import AS_SERVICE
from shared.japanese_time import JST, fiscal_year_of
from tests.world import World, consultation

pytestmark = pytest.mark.anyio

_API = "/metrics/api/releases"
#: Where the tables beside the CSV say what r means.
_R = {"codes.csv": "status_symbol,status_symbol,r,", "columns.csv": "status_symbol,"}


def _today() -> date:
    return datetime.now(UTC).astimezone(JST).date()


def _last_month() -> str:
    return f"{_today().replace(day=1) - timedelta(days=1):%Y-%m}"


def _last_year() -> int:
    return fiscal_year_of(_today()) - 1


async def _record(world: World, day: str, count: int, **changes: Any) -> list[str]:
    made = []
    for _ in range(count):
        body = consultation(received_at=f"{day}T00:00:00+09:00", **changes)
        made.append((await world.post("/intake/api/consultations", "shakyo-sogo", body))["id"])
    await world.settle()
    return made


def _documents(world: World) -> list[tuple[Any, ...]]:
    address = world.settings.database_url("metrics")
    with psycopg.connect(address, options=AS_SERVICE) as connection:
        query = "SELECT number, previous, hash, document FROM release ORDER BY number"
        return connection.execute(query).fetchall()


def _line(document: Any, indicator: str = "shakyo-consultations") -> Any:
    line = next(line for line in document["lines"] if line["id"] == indicator)
    return line["years"][-1]


async def _refused(world: World, body: Any, status: int, code: str) -> None:
    answer = await world.call("POST", _API, "manager", body)
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert code in {problem["code"], *(one["code"] for one in problem.get("errors", []))}
    assert _documents(world) == []


async def test_a_closed_month_is_final_hashed_and_chained(world: World) -> None:
    period = _last_month()
    await _record(world, f"{period}-03", 12)
    made = await world.post(_API, "manager", {"period": period})
    assert (made["number"], made["period"], made["status"]) == (1, period, "final")
    again = {"period": period, "reason": "記録の誤りを直したため"}
    corrected = await world.post(_API, "manager", again)
    assert (corrected["number"], corrected["status"]) == (2, "revised")
    (first, second) = _documents(world)
    assert (first[1], second[1]) == (None, 1)
    for _, _, digest, text in (first, second):
        assert hashlib.sha256(text.encode()).hexdigest() == digest
        assert canonical(Published.model_validate_json(text)) == (text, digest)
    assert made["hash"] == first[2]
    heads = await world.get(_API, "shakyo-sogo")
    assert [one["number"] for one in heads] == [2, 1]


async def test_small_counts_are_masked_and_others_rounded(world: World) -> None:
    period = _last_month()
    await _record(world, f"{period}-03", 12)
    await _record(world, f"{period}-04", 3, topics=["debt"], main_topic="debt")
    await world.post(_API, "manager", {"period": period})
    document = json.loads(_documents(world)[0][3])
    assert (_line(document)["value"], _line(document)["mark"]) == (15, "")
    hardship = _line(document, "hardship-consultations")
    assert (hardship["value"], hardship["mark"]) == (None, "x")
    none = _line(document, "group-consultations")
    assert (none["value"], none["mark"]) == (0, "")
    verdict = next(one for one in document["lines"] if one["id"] == "hardship-consultations")
    assert verdict["progress"]["verdict"] == "not-judged"


async def test_a_correction_needs_a_reason_and_marks_what_changed(world: World) -> None:
    year = _last_year()
    made = await _record(world, f"{year}-06-03", 14)
    await world.post(_API, "manager", {"period": str(year)})
    path = f"/intake/api/consultations/{made[0]}/cancellation"
    await world.post(path, "shakyo-sogo", {"reason": "二重に書いた"})
    await world.settle()
    live = await world.get(f"/metrics/api/indicators?fy={year}", "manager")
    changed = {row["id"] for row in live if row["status"] == "provisional"}
    assert "shakyo-consultations" in changed
    assert "welfare-consultations" not in changed
    page = (await world.call("GET", f"/metrics/indicators?fy={year}", "manager")).text
    assert "訂正の公表をご検討ください。" in page
    answer = await world.call("POST", _API, "manager", {"period": str(year)})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "reason-required"
    await world.post(_API, "manager", {"period": str(year), "reason": "取り消しがあったため"})
    before, after = (json.loads(one[3]) for one in _documents(world))
    assert (_line(before)["value"], _line(before)["revised"]) == (14, False)
    assert (_line(after)["value"], _line(after)["revised"]) == (13, True)
    assert (_line(after)["status"], _line(after)["release"]) == ("revised", 2)
    other = _line(after, "welfare-consultations")
    assert (other["status"], other["release"], other["revised"]) == ("final", 1, False)
    rows = {
        row["id"]: row for row in await world.get(f"/metrics/api/indicators?fy={year}", "manager")
    }
    assert rows["shakyo-consultations"]["status"] == "revised"
    assert rows["welfare-consultations"]["status"] == "final"
    current = await world.get("/metrics/api/indicators", "manager")
    assert {row["status"] for row in current} == {"provisional"}


async def test_a_period_that_is_not_over_says_so(world: World) -> None:
    period = f"{_today():%Y-%m}"
    await _refused(world, {"period": period}, 422, "period-not-over")
    refusal = await world.call("POST", _API, "manager", {"period": period})
    [fault] = refusal.json()["errors"]
    assert fault["loc"] == ["unfinished"]
    assert "unfinished" not in fault["detail"]
    made = await world.post(_API, "manager", {"period": period, "unfinished": True})
    assert made["status"] == "provisional"
    again = await world.call("POST", _API, "manager", {"period": period, "unfinished": True})
    assert (again.status_code, again.json()["code"]) == (409, "nothing-changed")


@pytest.mark.parametrize("reason", ["   ", "\u3000", "\u200b"])
async def test_a_reason_says_something(quiet_world: World, reason: str) -> None:
    body = {"period": f"{_today():%Y-%m}", "unfinished": True, "reason": reason}
    answer = await quiet_world.call("POST", _API, "manager", body)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["reason"])
    assert await quiet_world.get(_API, "manager") == []


async def test_a_provisional_release_marks_nothing_as_corrected(world: World) -> None:
    body = {"period": f"{_today():%Y-%m}", "unfinished": True}
    for count in (12, 15):
        await _record(world, f"{_today():%Y-%m-%d}", count)
        await world.post(_API, "manager", body)
    before, after = (json.loads(one[3]) for one in _documents(world))
    assert _line(before)["value"] != _line(after)["value"]
    assert '"revised":true' not in canonical(Published.model_validate(after))[0]
    for path in ("codes.csv", "columns.csv"):
        words = (await world.client.get(f"/metrics/feed/{path}")).text
        [told] = [line for line in words.splitlines() if line.startswith(_R[path])]
        assert "訂正で" in told
        assert "変わった値" in told


async def test_the_release_and_the_managers_figures_judge_alike(world: World) -> None:
    await _record(world, f"{_today():%Y-%m-%d}", 12)
    body = {"period": f"{_today():%Y-%m}", "unfinished": True}
    await world.post(_API, "manager", body)
    live = {row["row"]: row for row in await world.get("/metrics/api/indicators", "manager")}
    document = json.loads(_documents(world)[0][3])
    judged = [line for line in document["lines"] if not line["protected"]]
    assert len(judged) > 20
    for line in judged:
        assert line["progress"] == live[line["row"]]["progress"]
    page = (await world.call("GET", "/metrics/indicators", "manager")).text
    assert all(row["progress"]["reason"] in page for row in live.values())
    page = (await world.call("GET", "/metrics/releases", "manager")).text
    assert f">令和{_last_year() - 2018}（{_last_year()}）年度</option>" in page


@pytest.mark.parametrize(
    ("period", "code"),
    [
        ("2099-04", "period-in-future"),
        ("2026-13", "unknown-period"),
        ("令和7年度", "unknown-period"),
        ("2026-1", "unknown-period"),
        ("", "too-short"),
    ],
)
async def test_bad_periods_change_nothing(quiet_world: World, period: str, code: str) -> None:
    answer = await quiet_world.call("POST", _API, "manager", {"period": period})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["period"]
    if period:
        assert answer.json()["errors"][0]["code"] == code
    assert _documents(quiet_world) == []


async def test_only_managers_make_releases(quiet_world: World) -> None:
    answer = await quiet_world.call("POST", _API, "shakyo-sogo", {"period": _last_month()})
    assert answer.status_code == 403
    assert (await quiet_world.call("GET", "/metrics/flow", "shakyo-sogo")).status_code == 403


async def test_releases_made_at_once_are_numbered_without_holes(quiet_world: World) -> None:
    year = _last_year()
    bodies = [{"period": f"{year}-{month:02d}"} for month in (5, 6, 7, 8)]
    made = await asyncio.gather(*(quiet_world.post(_API, "manager", body) for body in bodies))
    assert sorted(one["number"] for one in made) == [1, 2, 3, 4]


async def test_the_same_call_sent_twice_makes_one_release(quiet_world: World) -> None:
    key = {"Idempotency-Key": "close-it"}
    body = {"period": _last_month()}
    first = await quiet_world.call("POST", _API, "manager", body, headers=key)
    second = await quiet_world.call("POST", _API, "manager", body, headers=key)
    assert first.json() == second.json()
    assert len(_documents(quiet_world)) == 1


async def test_a_release_never_changes(quiet_world: World, environment: dict[str, str]) -> None:
    await quiet_world.post(_API, "manager", {"period": _last_month()})
    statements = [
        "UPDATE release SET reason = 'x'",
        "DELETE FROM release",
        "UPDATE release_exact SET figures = ''",
        "DELETE FROM release_exact",
    ]
    for name, refusal in (
        ("METRICS_DATABASE_URL", psycopg.errors.InsufficientPrivilege),
        ("METRICS_OWNER_DATABASE_URL", psycopg.errors.RestrictViolation),
    ):
        for statement in statements:
            with (
                psycopg.connect(environment[name], options=AS_SERVICE) as connection,
                pytest.raises(refusal),
            ):
                connection.execute(statement)


async def test_the_page_previews_and_makes_a_release_and_shows_nothing_hidden(
    world: World,
) -> None:
    period = _last_month()
    await _record(world, f"{period}-03", 7)
    secret = await world.token("manager")
    headers = {"Authorization": f"Bearer {secret}"}

    async def post(**form: str) -> Any:
        return await world.client.post("/metrics/releases", data=form, headers=headers)

    looked = await post(period=period, act="look")
    assert "総合相談窓口の相談件数" in looked.text
    assert "x（秘匿）" in looked.text
    assert "<td>7</td>" not in looked.text
    assert _documents(world) == []
    made = await post(period=period, act="make", form_key="one")
    again = await post(period=period, act="make", form_key="one")
    assert (made.status_code, made.headers["location"]) == (303, "/metrics/releases?made=1")
    assert again.headers["location"] == made.headers["location"]
    refused = await post(period=period, act="make", form_key="two")
    assert refused.status_code == 422
    assert "訂正として公表する理由" in refused.text
    seen = await world.call("GET", "/metrics/releases", "shakyo-sogo")
    assert "第1版" in seen.text
    assert "締めて公表する" not in seen.text
