"""Every indicator row against the tables of the plan's own text."""

import re
from pathlib import Path

import pytest

from shared.plan import Plan
from shared.plan.indicators import parse_value

_SOURCE = Path(__file__).parents[2] / "deploy/plans/asaka/source/indicator-tables.txt"
_GOAL = re.compile(r"^基本目標(\d)")
_DIRECTION = re.compile(r"^方向性（(.)）")


def _printed() -> list[tuple[int, int, str, str, str]]:
    """Goal, direction, name, 現状 and 目標 of each row, as the text prints them."""
    rows, goal, direction = [], 0, 0
    for line in _SOURCE.read_text(encoding="utf-8").splitlines():
        if found := _GOAL.match(line):
            goal = int(found[1])
        elif found := _DIRECTION.match(line):
            direction = int(found[1])
        cells = line.split("\t")
        if len(cells) == 3 and cells[0] not in ("", "指標"):
            rows.append((goal, direction, *cells))
    return rows


def test_all_forty_rows_are_the_plans_own_words(plan: Plan) -> None:
    held = [
        (row.goal, row.direction, row.name, row.baseline or "-", row.target or "-")
        for row in plan.indicators
    ]
    assert held == _printed()
    assert len(held) == 40


def test_there_are_38_distinct_indicators_and_two_repeats(plan: Plan) -> None:
    assert len({row.id for row in plan.indicators}) == 38
    assert {row.row: row.same_as for row in plan.indicators if row.same_as} == {34: 27, 39: 37}
    assert set(plan.rules) == {row.id for row in plan.indicators}


def test_the_rest_of_the_plan_is_complete(plan: Plan) -> None:
    assert len(plan.agencies) == 27
    assert len(plan.topics) == 47
    assert len([topic for topic in plan.topics.values() if topic.urgent]) == 4
    assert {agency.id for agency in plan.agencies.values() if agency.core} == {
        "houkatsu",
        "csw",
        "seikatsu-engo",
        "kodomo-katei",
    }
    assert plan.agency_name(plan.coordinator) == "地域共生社会課"


def test_only_the_numbers_that_the_plan_prints_are_there(plan: Plan) -> None:
    assert set(plan.telephones) == {"110", "119", "189", "#8008", "048-486-2485"}


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("延べ175件", "175"),
        ("1.34%", "1.34"),
        ("150 団体", "150"),
        ("10,004,000円", "10004000"),
        ("１６人", "16"),
        ("-", None),
        ("検討", None),
    ],
)
def test_the_plans_words_are_read_as_numbers(words: str, number: str | None) -> None:
    value = parse_value(words)
    assert (None if value is None else str(value)) == number


def test_a_missing_baseline_is_null_and_not_zero(plan: Plan) -> None:
    missing = [row for row in plan.indicators if row.baseline is None]
    assert [row.row for row in missing] == [4, 21]
    assert [row.baseline_value for row in missing] == [None, None]
