"""The same figure is equal in every file of a release, and in the document that it comes from."""

from dataclasses import replace
from decimal import Decimal

import feedparser
import pytest

from services.metrics.domain.published import Published
from services.metrics.feed.addresses import Addresses
from services.metrics.feed.as_atom import make_atom
from services.metrics.feed.as_csv import make_csv
from services.metrics.feed.as_json import make_json
from services.metrics.feed.as_xlsx import make_xlsx
from shared.plan import Plan
from tests.feed.readers import READERS, Figures, read_atom
from tests.feed.samples import as_stored, first, publish, sample
from tests.world import World

pytestmark = pytest.mark.anyio

_TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _cells(document: Published) -> int:
    """How many cells the document itself has."""
    years = sum(len(line.years) for line in document.lines)
    broken_down = sum(len(one.cells) for one in document.breakdowns)
    return years + broken_down + sum(len(one.cells) for one in document.flow) + len(document.unmet)


async def _read(world: World, number: int, fiscal_year: int) -> tuple[Figures, dict[str, Figures]]:
    """What the entry of a release tells, and what each file does that the entry leads to."""
    feed = await world.client.get(f"/metrics/feed/indicators.atom?release={number}")
    [entry] = feedparser.parse(feed.content).entries
    in_entry = read_atom(entry.content[0].value, str(fiscal_year))
    links = {link.type: link.href for link in entry.links}
    found = {}
    for ending, read in READERS.items():
        path = links[_TYPES[ending]].removeprefix(world.settings.tsunagi_url)
        answer = await world.client.get(path)
        assert answer.status_code == 200
        found[ending] = read(answer.content)
    return in_entry, found


def _of_the_table(figures: Figures) -> Figures:
    """The figures of the plan's table, and the word for each row's progress without a symbol."""
    found = {}
    for key, told in figures.items():
        if key[0] == "plan" and key[2] in ("value", "verdict"):
            found[key] = told if key[2] == "value" else replace(told, status="")
    assert len(found) >= 80
    return found


async def test_every_figure_is_the_same_in_every_file(quiet_world: World, plan: Plan) -> None:
    revised = sample(plan, number=3, previous=2, status="revised", reason="誤りを直しました。")
    for document in (first(plan), sample(plan), revised):
        await publish(quiet_world.settings, document)
        in_entry, told = await _read(quiet_world, document.number, document.fiscal_year)
        expected = told.pop("json")
        assert in_entry == _of_the_table(expected)
        measured = [key for key in expected if key[2] in ("value", "unmet") or key[0] == "flow"]
        assert len(measured) == _cells(document)
        for ending, figures in told.items():
            assert figures.keys() == expected.keys(), ending
            differing = {key for key in expected if figures[key] != expected[key]}
            assert differing == set(), ending
    symbols = {one.symbol for one in expected.values()}
    assert symbols == {"", "x", "-", "…"}
    assert {one.status for one in expected.values()} == {"", "p", "r"}


def _made(ending: str, document: Published, plan: Plan) -> bytes:
    release = as_stored(document)
    if ending == "json":
        return make_json(release, plan.area_code, Addresses("http://127.0.0.1:8000"))
    return make_csv(release, plan, bom=True) if ending == "csv" else make_xlsx(release, plan)


@pytest.mark.parametrize("ending", READERS)
async def test_one_other_figure_shows_and_nothing_else_moves(plan: Plan, ending: str) -> None:
    before = sample(plan)
    first_of, *others = before.breakdowns
    changed = first_of.cells[0].model_copy(update={"value": Decimal(85), "mark": ""})
    cells = (changed, *first_of.cells[1:])
    after = before.model_copy(
        update={"breakdowns": (first_of.model_copy(update={"cells": cells}), *others)}
    )
    told, then = (READERS[ending](_made(ending, one, plan)) for one in (before, after))
    [key] = [key for key in told if told[key] != then[key]]
    assert key[:3] == ("breakdown", first_of.indicator, "value")
    assert then[key].value == 85


async def test_one_other_figure_shows_in_the_entry_and_nothing_else_moves(plan: Plan) -> None:
    before = sample(plan)
    first_of, *others = before.lines
    year = first_of.years[-1].model_copy(update={"value": Decimal(1250), "mark": ""})
    changed = first_of.model_copy(update={"years": (*first_of.years[:-1], year)})
    told, then = (
        read_atom(_entry(document, plan), str(document.fiscal_year))
        for document in (before, before.model_copy(update={"lines": (changed, *others)}))
    )
    [key] = [key for key in told if told[key] != then[key]]
    assert key == ("plan", str(first_of.row), "value", str(year.fiscal_year), "total", "total")
    assert then[key].value == 1250


def _entry(document: Published, plan: Plan) -> str:
    addresses = Addresses("http://127.0.0.1:8000")
    feed = make_atom([as_stored(document)], plan, addresses, addresses.file("atom"), None)
    [entry] = feedparser.parse(feed).entries
    return str(entry.content[0].value)
