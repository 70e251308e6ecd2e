"""The same figure is equal in every file of a release, and in the document that it comes from."""

from decimal import Decimal

import feedparser
import pytest

from services.metrics.domain.published import Published
from services.metrics.feed.addresses import Addresses
from services.metrics.feed.as_csv import make_csv
from services.metrics.feed.as_json import make_json
from services.metrics.feed.as_xlsx import make_xlsx
from shared.plan import Plan
from tests.feed.readers import READERS, Figures
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


async def _read(world: World, number: int) -> dict[str, Figures]:
    """What each file tells, read from the links that the feed of releases gives."""
    feed = await world.client.get(f"/metrics/feed/indicators.atom?release={number}")
    [entry] = feedparser.parse(feed.content).entries
    links = {link.type: link.href for link in entry.links}
    found = {}
    for ending, read in READERS.items():
        path = links[_TYPES[ending]].removeprefix(world.settings.tsunagi_url)
        answer = await world.client.get(path)
        assert answer.status_code == 200
        found[ending] = read(answer.content)
    return found


async def test_every_figure_is_the_same_in_every_file(quiet_world: World, plan: Plan) -> None:
    revised = sample(plan, number=3, previous=2, status="revised", reason="誤りを直しました。")
    for document in (first(plan), sample(plan), revised):
        await publish(quiet_world.settings, document)
        told = await _read(quiet_world, document.number)
        expected = told.pop("json")
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
