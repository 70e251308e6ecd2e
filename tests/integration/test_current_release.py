"""Which release is the current one, and what later releases say of years that are over."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared.japanese_time import fiscal_year_of, japanese_day
from tests.world import World, consultation

pytestmark = pytest.mark.anyio

_API = "/metrics/api/releases"


def _months_ago(number: int) -> str:
    day = japanese_day(datetime.now(UTC)).replace(day=1)
    for _ in range(number):
        day = (day - timedelta(days=1)).replace(day=1)
    return f"{day:%Y-%m}"


async def _record(world: World, month: str, count: int) -> None:
    for _ in range(count):
        body = consultation(received_at=f"{month}-03T10:00:00+09:00")
        await world.post("/intake/api/consultations", "shakyo-sogo", body)
    await world.settle()


async def _feed(world: World, query: str = "") -> Any:
    answer = await world.client.get(f"/metrics/feed/indicators.json{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()["document"]


def _years(document: Any, indicator: str = "shakyo-consultations") -> dict[int, Any]:
    line = next(line for line in document["lines"] if line["id"] == indicator)
    return {cell["fiscal_year"]: cell for cell in line["years"]}


async def test_closing_a_former_month_takes_nothing_back(quiet_world: World) -> None:
    for period in (_months_ago(1), _months_ago(2)):
        await quiet_world.post(_API, "manager", {"period": period})
    assert (await _feed(quiet_world))["period"] == _months_ago(1)
    front = await quiet_world.client.get("/metrics/")
    assert "公表版1</strong>" in front.text
    assert "いま公表しているのは" not in front.text
    other = await quiet_world.client.get("/metrics/releases/2")
    assert 'いま公表しているのは<a href="/metrics/">公表版1</a>です。' in other.text
    correction = {"period": _months_ago(1), "reason": "書き落としがあったため"}
    await quiet_world.post(_API, "manager", correction)
    assert (await _feed(quiet_world))["number"] == 3
    front = await quiet_world.client.get("/metrics/")
    assert "このあとに公表した版" not in front.text
    entries = (await quiet_world.client.get("/metrics/feed/indicators.atom")).text.count("<entry>")
    assert entries == 3


async def test_what_was_published_after_the_current_one_is_said(quiet_world: World) -> None:
    ahead = {"period": _months_ago(0), "unfinished": True}
    await quiet_world.post(_API, "manager", ahead)
    before = {"period": _months_ago(1)}
    await quiet_world.post(_API, "manager", before)
    for reason in ("書き落としがあったため", "数えまちがいを直すため"):
        await quiet_world.post(_API, "manager", before | {"reason": reason})
    front = (await quiet_world.client.get("/metrics/")).text
    assert "公表版1</strong>" in front
    notice = front.partition("このあとに公表した版：")[2].partition("</div>")[0]
    assert re.findall(r'href="([^"]+)"', notice) == ["/metrics/releases/4"]
    assert "（訂正）" in notice
    assert "このあとに公表した版" not in (await quiet_world.client.get("/metrics/releases/4")).text
    for made, said in ((4, True), (1, False)):
        told = await quiet_world.call("GET", f"/metrics/releases?made={made}", "manager")
        assert ("もっと先の日まで数えた第1版が" in told.text) is said


async def test_of_those_that_go_as_far_the_newest_is_shown(quiet_world: World) -> None:
    year = fiscal_year_of(japanese_day(datetime.now(UTC)))
    for period in (str(year), _months_ago(0)):
        await quiet_world.post(_API, "manager", {"period": period, "unfinished": True})
    assert (await _feed(quiet_world))["number"] == 2
    assert (await _feed(quiet_world, f"?fy={year}"))["period"] == _months_ago(0)


async def test_a_month_of_a_closed_year_is_not_that_year(world: World) -> None:
    year = fiscal_year_of(japanese_day(datetime.now(UTC))) - 1
    await _record(world, f"{year}-05", 20)
    await _record(world, f"{year}-12", 20)
    for period in (str(year), f"{year}-10", _months_ago(0)):
        await world.post(_API, "manager", {"period": period, "unfinished": True})
    former = _years(await _feed(world))[year]
    assert (former["value"], former["status"], former["release"]) == (40, "final", 1)
    assert (await _feed(world, f"?fy={year}"))["period"] == str(year)
    page = await world.client.get(f"/metrics/?fy={year}")
    assert "公表版1</strong>" in page.text
    assert (await world.client.get(f"/metrics/?fy={year - 1}")).status_code == 404


async def test_a_former_year_that_no_release_closed_is_provisional(world: World) -> None:
    year = fiscal_year_of(japanese_day(datetime.now(UTC))) - 1
    await _record(world, f"{year}-05", 20)
    for period in (f"{year}-10", _months_ago(0)):
        await world.post(_API, "manager", {"period": period, "unfinished": True})
    former = _years(await _feed(world))[year]
    assert (former["value"], former["status"]) == (20, "provisional")


@pytest.mark.parametrize("period", ["2025\n", "2025-10\n", " 2025", "２０２５", "20２5-10"])
async def test_a_period_is_written_in_one_way(quiet_world: World, period: str) -> None:
    answer = await quiet_world.call("POST", _API, "manager", {"period": period})
    assert answer.status_code == 422, answer.text
    assert await quiet_world.get(_API, "manager") == []


async def test_a_year_that_has_not_begun_has_no_figures_and_no_verdict(quiet_world: World) -> None:
    year = fiscal_year_of(japanese_day(datetime.now(UTC))) + 2
    rows = await quiet_world.get(f"/metrics/api/indicators?fy={year}", "manager")
    assert {row["value"] for row in rows} == {None}
    assert {row["progress"]["verdict"] for row in rows} == {"not-judged"}
    assert date(year, 4, 1) > japanese_day(datetime.now(UTC))
