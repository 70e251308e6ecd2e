"""Between exact years: no change is told across a rule newer than the plan's own figures."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.metrics.domain.changes import Change
from services.metrics.domain.published import Note
from services.metrics.domain.values import Value
from services.metrics.pages.exact_years import changes_of
from services.metrics.usecases.show_years import ShownYear, Years
from shared.plan import Plan
from shared.plan.model import IndicatorRow

_VALUES = {2024: 5, 2025: 90, 2026: 95}


@pytest.fixture
def shown(plan: Plan) -> Years:
    """The years of an indicator with a 現状 of 87, counted by the rule of the plan."""
    row: IndicatorRow = next(one for one in plan.indicators if one.id == "liaison-meetings")
    years = [
        ShownYear(year, Value(Decimal(value)), (), (), begun=True, finished=True)
        for year, value in _VALUES.items()
    ]
    return Years(row, plan.rules[row.id], years, (), published=False, newer=False)


def _found(shown: Years) -> dict[int, Change]:
    return dict(changes_of(shown, 2024))


def test_the_plans_present_stands_for_a_year_that_was_not_published(shown: Years) -> None:
    assert _found(shown) == {
        2024: Change(None, "unknown"),
        2025: Change(Decimal(3), from_plan=True),
        2026: Change(Decimal(5)),
    }


def test_a_newer_rule_counts_otherwise_than_the_plan_but_all_years_alike(shown: Years) -> None:
    found = _found(replace(shown, newer=True))
    assert (found[2025], found[2026]) == (Change(None, "broken"), Change(Decimal(5)))
    found = _found(replace(shown, newer=True, published=True))
    assert (found[2025], found[2026]) == (Change(Decimal(85)), Change(Decimal(5)))


def test_an_annotation_breaks_too(shown: Years) -> None:
    told = (shown.row.id,)
    note = Note(on=date(2025, 7, 1), kind="desk", breaks=True, indicators=told, words="窓口新設")
    found = _found(replace(shown, notes=(note,)))
    assert (found[2025], found[2026]) == (Change(None, "broken"), Change(None, "broken"))
