"""Promise: the administrator finds a row by time, person, act and record; nobody else reads any."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from shared.audit.writing import COMMAND, write
from shared.database import SERVICE, make_engine, transaction
from shared.web.audit_pages import PAGE, TABS, name_of
from tests.integration.trail import acts, trail
from tests.world import World, consultation

pytestmark = pytest.mark.anyio

_PATH = "/intake/api/consultations"


async def _page(world: World, path: str = "/intake/audit", who: str = "admin") -> httpx.Response:
    return await world.call("GET", path, who)


def _rows(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200
    body = re.search("<tbody>(.*)</tbody>", answer.text, re.DOTALL)
    return body[1].split("<tr>")[1:] if body else []


async def test_each_service_shows_its_own_to_the_administrator_alone(quiet_world: World) -> None:
    for path, words in TABS:
        answer = await _page(quiet_world, path)
        assert answer.status_code == 200
        assert f'<a href="{path}" aria-current="page">{words}</a>' in answer.text
        for who in ("csw", "counter:csw", "manager"):
            assert (await _page(quiet_world, path, who)).status_code == 403


async def test_looking_is_a_row_of_its_own(quiet_world: World, environment: dict[str, str]) -> None:
    for path in ("/admin/audit", "/metrics/audit?act=exact-read"):
        await _page(quiet_world, path)
    assert [acts(environment, name) for name in ("identity", "metrics", "intake")] == [
        [("audit-search", "done", None)],
        [("audit-search", "done", None)],
        [],
    ]


async def test_a_row_is_found_by_who_what_record_and_day(
    quiet_world: World, environment: dict[str, str]
) -> None:
    recorded = await quiet_world.post(_PATH, "counter:csw", consultation())
    await quiet_world.get(f"{_PATH}/{recorded['id']}", "csw")
    await quiet_world.get(_PATH, "houkatsu")
    found = {
        name: len(_rows(await _page(quiet_world, f"/intake/audit?{name}")))
        for name in (f"record={recorded['id']}", "act=consultation-read", "who=somebody")
    }
    assert list(found.values()) == [2, 1, 0]
    newest = _rows(await _page(quiet_world, f"/intake/audit?record={recorded['id']}"))[0]
    for words in ("鍵 ", "相談を見た", "自分の機関の記録", "した", "これから", recorded["id"]):
        assert words in newest
    day = trail(environment, "intake")[0]["at"] + timedelta(hours=9)
    assert len(_rows(await _page(quiet_world, f"/intake/audit?from={day:%Y-%m-%d}"))) > 3
    before = day - timedelta(days=1)
    assert _rows(await _page(quiet_world, f"/intake/audit?to={before:%Y-%m-%d}")) == []


async def test_a_day_that_is_none_comes_back_with_words(quiet_world: World) -> None:
    answer = await _page(quiet_world, "/intake/audit?from=yesterday")
    assert answer.status_code == 422
    assert "入力をご確認ください" in answer.text


async def test_older_rows_are_on_the_next_page_and_none_twice(
    quiet_world: World, environment: dict[str, str]
) -> None:
    engine = make_engine(environment["METRICS_DATABASE_URL"], pool_size=1)
    async with transaction(engine, SERVICE) as connection:
        for number in range(PAGE + 20):
            at = datetime(2026, 5, 20, 3, number % 3, tzinfo=UTC)
            await write(connection, COMMAND, "year-close", at, kind="year", record=f"n{number}")
    await engine.dispose()
    first = await _page(quiet_world, "/metrics/audit?act=year-close")
    onward = re.search(r'<a href="\?([^"]*)">これより前', first.text)
    assert onward is not None
    second = await _page(quiet_world, f"/metrics/audit?{onward[1].replace('&amp;', '&')}")
    seen = [re.findall(r"<code>(n\d+)</code>", one.text) for one in (first, second)]
    assert [len(one) for one in seen] == [PAGE, 20]
    assert len({*seen[0], *seen[1]}) == PAGE + 20
    assert "これより前" not in second.text


def test_who_is_said_in_words() -> None:
    assert [name_of(who) for who in ("csw", "token:a", "unknown:0123", "command")] == [
        *("csw", "鍵 a", "わからない人（0123）", "コマンド"),
    ]
