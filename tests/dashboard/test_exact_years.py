"""A manager sees an indicator's exact years, quarters and months beside each other; nobody else."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from shared.japanese_time import fiscal_year_of, japanese_day
from shared.plan import Plan
from tests.dashboard.reading import read_page
from tests.dashboard.years import city_release
from tests.feed.samples import publish
from tests.world import World, consultation

pytestmark = pytest.mark.anyio

_PATH = "/metrics/indicators"


async def _activity(world: World, day: str, quantity: int) -> None:
    body = {"kind": "consultation-event", "held_on": day, "quantity": quantity}
    await world.post("/intake/api/activities", "counter:shakyo-sogo", body)


async def _columns(world: World, indicator: str, name: str, query: str) -> list[list[str]]:
    """The table's years as columns."""
    answer = await world.call("GET", f"{_PATH}/{indicator}/years?{query}", "manager")
    assert answer.status_code == 200, answer.text
    [table] = read_page(answer.text).all("table", "class", name)
    rows = [[cell.text for cell in row.all("td")] for row in table.all("tr")]
    return [list(column) for column in zip(*[row for row in rows if row], strict=True)]


async def test_what_adds_up_adds_up_in_quarters_and_years(world: World) -> None:
    for day, quantity in (
        ("2024-04-01", 2),
        ("2025-03-31", 3),
        ("2025-04-01", 4),
        ("2025-07-01", 5),
    ):
        await _activity(world, day, quantity)
    await world.settle()
    quarters = await _columns(world, "consultation-events", "quarters", "fy=2025&number=2")
    assert quarters == [["2回", "0回", "0回", "3回"], ["4回", "5回", "0回", "0回"]]
    months = await _columns(world, "consultation-events", "months", "fy=2025&number=2")
    assert [month.removesuffix("回") for month in months[0]] == ["2", *["0"] * 10, "3"]
    years = await _columns(world, "consultation-events", "in-years", "fy=2025&number=2")
    # The plan's own 現状 stays, and the first year is compared with it, not with what was typed in.
    assert years == [
        ["14回", "5回", "9回", "20回"],
        ["-", "比べる値がありません", "↓ 5回 減りました（計画の現状から）", "-"],
    ]
    path = f"{_PATH}/consultation-events/years?fy=2025&number=3"
    [table] = read_page((await world.call("GET", path, "manager")).text).all(
        "table", "class", "in-years"
    )
    names = [row.all("th")[0].text[:6] for row in table.all("tr")]
    assert names == ["年度", "2023", "2024（計", "2024", "2025", "2030（目"]


async def test_a_year_that_was_published_is_compared_with_and_not_the_plans_present(
    world: World, plan: Plan
) -> None:
    for day, quantity in (("2024-06-01", 5), ("2025-06-01", 9)):
        await _activity(world, day, quantity)
    await world.settle()
    await publish(world.settings, city_release(plan, date(2025, 3, 31), first=2024))
    [_, told] = await _columns(world, "consultation-events", "in-years", "fy=2025&number=2")
    assert told == ["-", "比べる値がありません", "↑ 4回 増えました", "-"]


async def test_a_year_that_has_not_begun_is_empty_and_says_so(quiet_world: World) -> None:
    current = fiscal_year_of(japanese_day(datetime.now(UTC)))
    path = f"{_PATH}/donations/years?fy={current + 1}&number=2"
    page = read_page((await quiet_world.call("GET", path, "manager")).text)
    [table] = page.all("table", "class", "in-years")
    rows = {
        row.given["data-year"]: (row.all("th")[0].text, [one.text for one in row.all("td")])
        for row in table.all("tr", "data-year")
    }
    assert rows[str(current)][0] == f"{current}（途中）"
    later = str(current + 1)
    assert rows[later] == (later, ["", "まだ始まっていません"])
    told = page.all("svg", "class", "chart")[0].all("desc")[0].text
    assert f"{current + 1}年度 まだ始まっていません、" in told


async def test_a_register_stands_and_a_share_is_worked_out_anew(world: World) -> None:
    figures: list[dict[str, Any]] = [
        {"indicator": "volunteer-hosts", "as_of": "2025-05-01", "value": 38},
        {"indicator": "volunteer-hosts", "as_of": "2025-11-01", "value": 40},
        {"indicator": "training-satisfaction", "as_of": "2025-05-01"}
        | {"numerator": 8, "denominator": 10},
        {"indicator": "training-satisfaction", "as_of": "2025-06-01"}
        | {"numerator": 80, "denominator": 90},
    ]
    for figure in figures:
        await world.post("/intake/api/figures", "manager", figure)
    await world.settle()
    [_, quarters] = await _columns(world, "volunteer-hosts", "quarters", "fy=2025&number=2")
    assert quarters == ["38か所", "38か所", "40か所", "40か所"]
    [_, quarters] = await _columns(world, "training-satisfaction", "quarters", "fy=2025&number=2")
    assert quarters == ["88%", "-", "-", "-"]


async def test_the_note_of_a_new_desk_stands_in_the_chart_and_in_its_legend(world: World) -> None:
    body = consultation(received_at="2025-07-02T10:00:00+09:00")
    await world.post("/intake/api/consultations", "counter:csw", body)
    await world.settle()
    answer = await world.call("GET", f"{_PATH}/csw-consultations/years?fy=2026", "manager")
    page = read_page(answer.text)
    assert "窓口新設" in page.all("ol", "class", "notes")[0].text
    chart = page.all("svg", "class", "chart")[0]
    assert chart.given["role"] == "img"
    named = {one.given["id"]: one.text for tag in ("title", "desc") for one in chart.all(tag)}
    assert list(named) == chart.given["aria-labelledby"].split()
    told = named[chart.given["aria-labelledby"].split()[1]]
    assert "2024年度 値なし（-）、2025年度 1件、" in told
    assert "印1 2025年7月1日" in told
    assert [one.text for one in chart.all("text", "class", "note-number")] == ["1"]


async def test_a_word_has_no_chart(world: World) -> None:
    figure = {"indicator": "integrated-support-system", "as_of": "2025-05-01", "state": "整備"}
    await world.post("/intake/api/figures", "manager", figure)
    await world.settle()
    [_, quarters] = await _columns(
        world, "integrated-support-system", "quarters", "fy=2025&number=2"
    )
    assert quarters == ["整備"] * 4
    answer = await world.call("GET", f"{_PATH}/integrated-support-system/years", "manager")
    assert "<svg" not in answer.text


async def test_only_managers_see_it_and_each_look_is_logged(quiet_world: World) -> None:
    path = f"{_PATH}/donations/years"
    for who in ("csw", "counter:csw", "admin"):
        assert (await quiet_world.call("GET", path, who)).status_code == 403
    assert (await quiet_world.client.get(path)).status_code in (303, 401)
    assert (await quiet_world.call("GET", f"{_PATH}/none/years", "manager")).status_code == 404
    for query in ("number=1", "number=11", "fy=1999", "fy=x"):
        answer = await quiet_world.call("GET", f"{path}?{query}", "manager")
        assert answer.status_code == 422
    with capture_logs() as logs:
        assert (await quiet_world.call("GET", path, "manager")).status_code == 200
    assert "exact_years_read" in [one["event"] for one in logs]
