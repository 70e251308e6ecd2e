"""The public pages show the figures of their release: the same as the feed, and nothing more."""

import re
from datetime import date
from typing import get_args

import pytest

from services.metrics.domain.published import Measure, Published
from shared.plan import Plan
from tests.dashboard.reading import read_behind, read_handoffs, read_page, read_tables
from tests.dashboard.years import city_release
from tests.feed.readers import Figures, read_json
from tests.feed.samples import first, publish, sample
from tests.world import World

pytestmark = pytest.mark.anyio

#: What the pages say in words, or leave out where a year is not over.
_IN_WORDS = ("progress", "expected", "verdict")


def _three(plan: Plan) -> tuple[Published, ...]:
    revised = sample(plan, number=3, previous=2, status="revised", reason="誤りを直しました。")
    return first(plan), sample(plan), revised


async def _feed(world: World, number: int) -> Figures:
    answer = await world.client.get(f"/metrics/feed/indicators.json?release={number}")
    return {key: told for key, told in read_json(answer.content).items() if key[2] not in _IN_WORDS}


async def test_the_pages_and_the_feed_say_the_same(quiet_world: World, plan: Plan) -> None:
    documents = _three(plan)
    await publish(quiet_world.settings, *documents)
    for document in documents:
        year = str(document.fiscal_year)
        lines = {str(line.row): line.id for line in document.lines}
        answer = await quiet_world.client.get(f"/metrics/releases/{document.number}/paper")
        assert answer.status_code == 200
        page = read_page(answer.text)
        read = read_tables(page)
        read |= read_behind(page, lines, year) | read_handoffs(page, list(get_args(Measure)), year)
        wanted = await _feed(quiet_world, document.number)
        assert read == wanted


async def test_the_newest_is_first_and_each_keeps_its_address(
    quiet_world: World, plan: Plan
) -> None:
    documents = _three(plan)
    await publish(quiet_world.settings, *documents)
    newest = await quiet_world.client.get("/metrics/")
    for document in documents:
        path = f"/metrics/releases/{document.number}"
        page = await quiet_world.client.get(path)
        assert read_tables(read_page(page.text)) == {
            key: told
            for key, told in (await _feed(quiet_world, document.number)).items()
            if key[0] == "plan" and key[2] == "value"
        }
        assert ("いま公表しているのは" in page.text) == (document.number < 3)
    assert newest.text == page.text
    assert "誤りを直しました。" in newest.text
    assert "訂正" in newest.text
    for path in ("/metrics/releases/9", "/metrics/releases/1/indicators/none"):
        assert (await quiet_world.client.get(path)).status_code == 404


async def test_every_page_of_a_release_is_linked_and_there(quiet_world: World, plan: Plan) -> None:
    await publish(quiet_world.settings, first(plan), sample(plan))
    page = await quiet_world.client.get("/metrics/")
    links = set(re.findall(r'href="(/metrics/[^"#]*)', page.text))
    links -= {"/metrics/indicators"}
    assert len([link for link in links if "/indicators/" in link]) == 38
    for link in links:
        answer = await quiet_world.client.get(link)
        assert answer.status_code == 200, link
    released = (await quiet_world.client.get("/metrics/feed/indicators.json")).json()
    own = released["links"]["page"].removeprefix(quiet_world.settings.tsunagi_url)
    assert own == "/metrics/releases/2"


async def test_without_a_release_a_page_says_so(quiet_world: World) -> None:
    page = await quiet_world.client.get("/metrics/")
    assert page.status_code == 200
    assert "まだありません" in page.text
    assert (await quiet_world.client.get("/metrics/releases/1")).status_code == 404


@pytest.mark.parametrize("until", [date(2025, 3, 31), date(2026, 10, 31), date(2031, 3, 31)])
async def test_every_year_shows_the_plans_own_present_and_goal(
    quiet_world: World, plan: Plan, until: date
) -> None:
    await publish(quiet_world.settings, city_release(plan, until, first=min(until.year - 1, 2025)))
    page = read_page((await quiet_world.client.get("/metrics/")).text)
    shown = []
    for table in page.all("table", "class", "published"):
        heads = [one.text for one in table.all("th", "class", "number")]
        assert (heads[0], heads[-1]) == ("現状2024年度", "目標2030年度")
        for row in table.all("tr", "id"):
            cells = row.all("td", "class", "number")
            shown.append((cells[0].text, cells[-1].text))
    assert shown == [(row.baseline or "-", row.target or "-") for row in plan.indicators]


async def test_a_masked_figure_leaves_nothing_behind(quiet_world: World, plan: Plan) -> None:
    """A release whose figures are all masked shows no figure but the plan's own."""
    document = sample(plan)
    lines = tuple(
        line.model_copy(
            update={
                "years": tuple(
                    cell.model_copy(
                        update={"value": None, "numerator": None, "denominator": None, "mark": "x"}
                        | {"state": None}
                    )
                    for cell in line.years
                )
            }
        )
        for line in document.lines
    )
    hidden = document.model_copy(update={"lines": lines, "flow": (), "unmet": ()})
    breakdowns = tuple(
        one.model_copy(
            update={
                "cells": tuple(
                    cell.model_copy(update={"value": None, "mark": "x"}) for cell in one.cells
                )
            }
        )
        for one in document.breakdowns
    )
    masked = hidden.model_copy(update={"breakdowns": breakdowns, "number": 1, "previous": None})
    await publish(quiet_world.settings, masked)
    text = (await quiet_world.client.get("/metrics/releases/1/paper")).text
    page = read_page(text)
    assert page.all("data") == []
    for chart in page.all("svg", "class", "chart"):
        assert chart.all("rect", "class", "bar") == chart.all("circle", "class", "dot") == []
        assert chart.all("polyline", "class", "run") == chart.all("text", "class", "value")[:0]
        assert {one.text for one in chart.all("text", "class", "value")} == {"x"}


async def test_words_stay_words_in_the_page_and_in_its_style_sheet(
    quiet_world: World, plan: Plan
) -> None:
    evil = '<script>alert(1)</script>"} @page { content: "x'
    document = first(plan).model_copy(update={"city": evil, "status": "revised", "reason": evil})
    await publish(quiet_world.settings, document)
    page = await quiet_world.client.get("/metrics/")
    assert "<script>alert" not in page.text
    style = await quiet_world.client.get("/metrics/releases/1/paper.css")
    assert style.headers["content-type"].startswith("text/css")
    assert style.text.count("{") == style.text.count("}") == 5
    assert "<" not in style.text
