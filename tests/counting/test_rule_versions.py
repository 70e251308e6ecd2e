"""A changed rule is counted beside the live one, shown with its difference, and switched to."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from shared.database import AS_SERVICE
from shared.japanese_time import fiscal_year_of, japanese_day
from shared.plan import PlanError
from tests.conftest import PLAN_FOLDER
from tests.integration.trail import acts
from tests.world import World, consultation, running_world

pytestmark = pytest.mark.anyio

_PLAN_YEAR = 2024
_ROW = "shakyo-consultations"
_DESK = "counter:shakyo-sogo"
_OTHER = "counter:shakyo-chiiki"
_FIRST = f'[{_ROW}]\nversion = 1\nsince = "2024-04-01"\nmethod = "consultations"\n'
_SECOND = _FIRST.replace("version = 1", "version = 2").replace("2024-04", "2026-04")
_BOTH = (
    ('desks = ["shakyo-sogo"]', 'desks = ["shakyo-sogo", "shakyo-chiiki"]'),
    (_FIRST, _SECOND),
)


@pytest.fixture
def later(environment: dict[str, str], tmp_path: Path) -> Callable[..., dict[str, str]]:
    """The settings of an installation whose plan was changed, piece by piece."""

    def change(*pieces: tuple[str, str]) -> dict[str, str]:
        folder = tmp_path / "plan"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(PLAN_FOLDER, folder)
        path = folder / "counting.toml"
        text = path.read_text(encoding="utf-8")
        for old, new in pieces:
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        return environment | {"TSUNAGI_PLAN": str(folder)}

    return change


async def _record(world: World, desk: str, day: str = "2026-05-20") -> None:
    body = consultation(received_at=f"{day}T10:00:00+09:00")
    await world.post("/intake/api/consultations", desk, body)


async def _value(world: World, year: int = 2026) -> Any:
    await world.settle()
    rows = await world.get(f"/metrics/api/indicators?fy={year}", "manager")
    return next((row["value"], row["definition_version"]) for row in rows if row["id"] == _ROW)


async def _waiting(world: World) -> Any:
    rules = await world.get("/metrics/api/rules", "manager")
    assert len(rules) == 38
    return next(rule["waiting"] for rule in rules if rule["indicator"] == _ROW)


async def _ready(world: World) -> Any:
    for _ in range(100):
        waiting = await _waiting(world)
        if waiting is not None and waiting["state"] == "ready":
            return waiting
        await asyncio.sleep(0.05)
    raise AssertionError(f"never ready: {waiting}")


async def _switch(world: World, version: Any, who: str = "manager") -> Any:
    return await world.call("POST", f"/metrics/api/rules/{_ROW}/switch", who, {"version": version})


def _versions(environment: dict[str, str]) -> list[int]:
    with psycopg.connect(environment["METRICS_DATABASE_URL"], options=AS_SERVICE) as connection:
        query = "SELECT DISTINCT rule_version FROM contribution WHERE indicator = %s ORDER BY 1"
        return [row[0] for row in connection.execute(query, [_ROW])]


async def test_a_changed_rule_is_counted_beside_and_switched(
    environment: dict[str, str], later: Callable[..., dict[str, str]]
) -> None:
    async with running_world(environment) as world:
        await _record(world, _DESK)
        await _record(world, _OTHER)
        await _record(world, _OTHER, "2025-06-10")
        assert await _value(world) == (1, 1)
        assert await _waiting(world) is None

    async with running_world(later(*_BOTH)) as world:
        waiting = await _ready(world)
        assert (waiting["version"], waiting["since"]) == (2, "2026-04-01")
        years = {year["fiscal_year"]: year for year in waiting["years"]}
        assert (years[2026]["old"], years[2026]["new"], years[2026]["differs"]) == (1, 2, True)
        assert (years[2025]["old"], years[2025]["new"]) == (0, 1)
        changed = [month["month"] for month in years[2025]["months"] if month["differs"]]
        assert changed == ["2025-06"]

        await _record(world, _OTHER)  # both are kept up to date, and the old one is shown
        assert await _value(world) == (1, 1)
        [_, new] = (await _waiting(world))["years"][-2:]
        assert (new["fiscal_year"], new["old"], new["new"]) == (2026, 1, 3)
        assert _versions(environment) == [1, 2]

        assert (await _switch(world, 3)).json()["code"] == "no-such-version"
        assert (await _switch(world, 2)).json()["version"] == 2
        assert await _value(world) == (3, 2)
        assert await _value(world, 2025) == (1, 2)
        again = await _switch(world, 2)
        assert (again.status_code, again.json()["code"]) == (409, "no-such-version")
        for _ in range(100):
            if _versions(environment) == [2]:
                break
            await asyncio.sleep(0.05)
        assert _versions(environment) == [2]


async def test_a_release_says_which_version_counted_each_year(
    environment: dict[str, str], later: Callable[..., dict[str, str]]
) -> None:
    today = japanese_day(datetime.now(UTC))
    year = fiscal_year_of(today)
    body = {"period": f"{today:%Y-%m}", "unfinished": True, "reason": "数え方を変えたため"}
    async with running_world(environment) as world:
        for desk in (*[_DESK] * 12, *[_OTHER] * 12):
            await _record(world, desk, f"{year - 1}-06-10")
        assert await _value(world, year - 1) == (12, 1)
        await world.post("/metrics/api/releases", "manager", {"period": str(year - 1)})
    async with running_world(later(*_BOTH)) as world:
        await _ready(world)
        assert (await _switch(world, 2)).status_code == 200
        assert await _value(world, year - 1) == (24, 2)
        await world.post("/metrics/api/releases", "manager", body)
        answer = await world.client.get("/metrics/feed/indicators.json")
        document = answer.json()["document"]
        line = next(line for line in document["lines"] if line["id"] == _ROW)
        assert [one["definition_version"] for one in line["years"]] == [1, 2]
        assert line["years"][0]["value"] == 12
        assert ["counted_how" in one for one in line["years"]] == [True, False]
        broken = [note for note in document["notes"] if note["breaks"]]
        assert [(one["on"], one["indicators"]) for one in broken] == [(f"{year}-04-01", [_ROW])]
        again = {"period": str(year - 1), "reason": "新しい数え方で数え直したため"}
        await world.post("/metrics/api/releases", "manager", again)
        await world.post("/metrics/api/releases", "manager", body)
        document = (await world.client.get("/metrics/feed/indicators.json")).json()["document"]
        line = next(line for line in document["lines"] if line["id"] == _ROW)
        assert line["years"][0]["value"] == 24
        assert [one["definition_version"] for one in line["years"]] == [2, 2]
        broken = [(one["on"], one["indicators"]) for one in document["notes"] if one["breaks"]]
        # The plan's own 現状 is older than the rule that counted the year behind it.
        first = line["years"][0]["fiscal_year"] == _PLAN_YEAR + 1
        assert broken == ([(f"{_PLAN_YEAR + 1}-04-01", [_ROW])] if first else [])


async def test_the_page_shows_the_difference_and_switches(
    environment: dict[str, str], later: Callable[..., dict[str, str]]
) -> None:
    async with running_world(environment) as world:
        await _record(world, _OTHER)
        await world.settle()
    async with running_world(later(*_BOTH)) as world:
        await _ready(world)
        page = (await world.call("GET", "/metrics/rules", "manager")).text
        assert "第2版に切り替える" in page
        assert "社協 地域福祉推進係・社協 総合相談窓口が受け付けた" in page
        token = await world.token("manager")

        async def send(version: str) -> Any:
            return await world.client.post(
                f"/metrics/rules/{_ROW}/switch",
                data={"version": version},
                headers={"Authorization": f"Bearer {token}"},
            )

        for wrong in ("7", "x", ""):
            refused = await send(wrong)
            assert refused.status_code in (409, 422)
            assert "切り替えませんでした" in refused.text
        done = await send("2")
        assert (done.status_code, done.headers["location"]) == (303, "/metrics/rules?done=switched")
        assert ("rule-switch", "done", _ROW) in acts(environment, "metrics")
        assert await _value(world) == (1, 2)


async def test_a_plan_that_goes_back_takes_its_version_back(
    environment: dict[str, str], later: Callable[..., dict[str, str]]
) -> None:
    async with running_world(environment) as world:
        await _record(world, _OTHER)
        await world.settle()
    async with running_world(later(*_BOTH)) as world:
        await _ready(world)
    async with running_world(environment) as world:
        for _ in range(100):
            if _versions(environment) == []:
                break
            await asyncio.sleep(0.05)
        assert await _waiting(world) is None
        assert _versions(environment) == []
        assert await _value(world) == (0, 1)
    async with running_world(later(*_BOTH)) as world:  # and may bring it again
        await _ready(world)
        assert (await _switch(world, 2)).status_code == 200
        assert await _value(world) == (1, 2)


async def test_a_rule_that_changed_under_its_old_number_is_refused_at_start(
    environment: dict[str, str], later: Callable[..., dict[str, str]]
) -> None:
    async with running_world(environment) as world:
        await _value(world)
    with pytest.raises(PlanError, match=f"「{_ROW}」の数え方が、第1版のまま変わっています"):
        async with running_world(later(_BOTH[0])) as world:
            await asyncio.sleep(0.5)


async def test_a_better_explanation_needs_no_new_version(
    environment: dict[str, str], later: Callable[..., dict[str, str]]
) -> None:
    async with running_world(environment) as world:
        await _value(world)
    words = "社会福祉協議会の総合相談窓口が受け付けた相談を数えます。"
    async with running_world(later((words, f"{words}よろしくどうぞ。"))) as world:
        await _value(world)
        rules = await world.get("/metrics/api/rules", "manager")
        how = next(rule["counted_how"] for rule in rules if rule["indicator"] == _ROW)
        assert "よろしくどうぞ。" in how


async def test_only_managers_see_and_switch(quiet_world: World) -> None:
    for who in (_DESK, "csw", "admin"):
        assert (await quiet_world.call("GET", "/metrics/api/rules", who)).status_code == 403
        assert (await _switch(quiet_world, 2, who)).status_code == 403
    unknown = "/metrics/api/rules/nothing/switch"
    answer = await quiet_world.call("POST", unknown, "manager", {"version": 2})
    assert answer.status_code == 404
    for wrong in ({}, {"version": "2"}, {"version": 0}, {"version": 2, "more": 1}):
        answer = await quiet_world.call(
            "POST", f"/metrics/api/rules/{_ROW}/switch", "manager", wrong
        )
        assert answer.status_code == 422
