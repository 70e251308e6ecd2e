"""From one year to the next: compared where it can be, and the reason where it cannot."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.metrics.domain.changes import Change, change_into
from services.metrics.domain.published import Note, Published, YearCell
from shared.plan import Plan
from tests.feed.samples import sample


def _changed(plan: Plan, indicator: str, cells: list[dict[str, Any]], **document: Any) -> Change:
    """The change into the last of these years; by default the document is of a whole year."""
    last = cells[-1]["fiscal_year"]
    given = {
        "fiscal_year": last,
        "period": str(last),
        "until": date(last + 1, 3, 31),
        "notes": (),
    }
    made: Published = sample(plan, **(given | document))
    line = next(one for one in made.lines if one.id == indicator)
    years = tuple(YearCell(release=1, status="final", **cell) for cell in cells)
    line = line.model_copy(update={"years": years})
    return change_into(line, years[-1], made, plan.baseline_year)


_BEFORE = {"fiscal_year": 2026, "value": Decimal(90)}
_AFTER = {"fiscal_year": 2027, "value": Decimal(95)}


def test_two_whole_years_are_compared(plan: Plan) -> None:
    assert _changed(plan, "liaison-meetings", [_BEFORE, _AFTER]) == Change(Decimal(5))


_FIRST = {"fiscal_year": 2025, "value": Decimal(90)}


@pytest.mark.parametrize(
    "printed",
    [[], [{"fiscal_year": 2024, "mark": "-"}], [{"fiscal_year": 2024, "mark": "…"}]],
    ids=["no column", "-", "…"],
)
def test_the_first_year_is_compared_with_the_plans_present(
    plan: Plan, printed: list[dict[str, Any]]
) -> None:
    change = _changed(plan, "liaison-meetings", [*printed, _FIRST])
    assert change == Change(Decimal(3), from_plan=True)
    assert _changed(plan, "csw-consultations", [*printed, _FIRST]) == Change(None, "unknown")


@pytest.mark.parametrize(
    ("printed", "change"),
    [
        ({"value": Decimal(85)}, Change(Decimal(5))),
        ({"value": Decimal(0)}, Change(Decimal(90))),
        ({"mark": "x"}, Change(None, "masked")),
        ({"value": Decimal(40), "as_of": date(2024, 10, 31)}, Change(None, "unfinished")),
    ],
)
def test_what_is_printed_of_the_plans_own_year_is_what_is_compared(
    plan: Plan, printed: dict[str, Any], change: Change
) -> None:
    own = {"fiscal_year": 2024} | printed
    assert _changed(plan, "liaison-meetings", [own, _FIRST]) == change


def test_the_plans_present_is_not_compared_across_a_break(plan: Plan) -> None:
    told = ("liaison-meetings",)
    note = Note(on=date(2025, 4, 1), kind="counting", breaks=True, indicators=told, words="変更")
    change = _changed(plan, "liaison-meetings", [_FIRST], notes=(note,))
    assert change == Change(None, "broken")


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ([_BEFORE, {"fiscal_year": 2027, "mark": "x"}], "masked"),
        ([{"fiscal_year": 2026, "mark": "x"}, _AFTER], "masked"),
        ([{"fiscal_year": 2026, "mark": "…"}, _AFTER], "unknown"),
        ([_BEFORE, {"fiscal_year": 2027, "mark": "-"}], "unknown"),
        ([_BEFORE | {"as_of": date(2026, 10, 31)}, _AFTER], "unfinished"),
    ],
)
def test_where_a_figure_is_missing_nothing_is_compared(
    plan: Plan, cells: list[dict[str, Any]], why: str
) -> None:
    assert _changed(plan, "liaison-meetings", cells) == Change(None, why)  # type: ignore[arg-type]


def test_a_year_that_goes_on_is_not_compared_but_a_register_is(plan: Plan) -> None:
    open_end = {"until": date(2027, 10, 31), "period": "2027-10"}
    change = _changed(plan, "liaison-meetings", [_BEFORE, _AFTER], **open_end)
    assert change == Change(None, "unfinished")
    change = _changed(plan, "volunteer-hosts", [_BEFORE, _AFTER], **open_end)
    assert change == Change(Decimal(5))


@pytest.mark.parametrize("on", [date(2026, 7, 1), date(2027, 4, 1), date(2028, 3, 31)])
def test_what_was_counted_otherwise_is_not_compared(plan: Plan, on: date) -> None:
    note = Note(on=on, kind="counting", breaks=True, indicators=("liaison-meetings",), words="変更")
    change = _changed(plan, "liaison-meetings", [_BEFORE, _AFTER], notes=(note,))
    assert change == Change(None, "broken")
    told = note.model_copy(update={"breaks": False})
    change = _changed(plan, "liaison-meetings", [_BEFORE, _AFTER], notes=(told,))
    assert change == Change(Decimal(5))
