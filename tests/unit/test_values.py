"""From what was counted to an indicator's value, and from the value to its progress."""

from datetime import date
from decimal import Decimal

import pytest

from services.metrics.domain.progress import progress_of
from services.metrics.domain.values import Counted, Reported, Value, value_of
from shared.plan import Plan
from shared.plan.model import IndicatorRow

_TODAY = date(2026, 9, 30)


def _row(plan: Plan, indicator: str) -> IndicatorRow:
    return next(row for row in plan.indicators if row.id == indicator)


def _value(plan: Plan, indicator: str, counted: Counted, year: int = 2026) -> Value:
    row = _row(plan, indicator)
    return value_of(plan.rules[indicator], counted, year, row.decimals, _TODAY)


def _reported(**words: int | str | None) -> Reported:
    numbers = {
        name: Decimal(value)
        for name, value in words.items()
        if name != "part" and isinstance(value, int)
    }
    part = words.get("part")
    return Reported(part if isinstance(part, str) else None, date(2026, 6, 30), **numbers)


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (1943, 145_000, "1.34"),
        (1345, 100_000, "1.35"),  # 1.345 is rounded half up
        (0, 145_000, "0.00"),
        (1, 3, "33.33"),
    ],
)
def test_a_ratio_has_the_plans_decimals(
    plan: Plan, numerator: int, denominator: int, shown: str
) -> None:
    newest = {None: _reported(numerator=numerator, denominator=denominator)}
    value = _value(plan, "public-assistance-rate", Counted(latest=newest))
    assert str(value.value) == shown
    assert (value.numerator, value.denominator) == (numerator, denominator)


def test_ratios_of_a_year_are_summed_before_they_are_divided(plan: Plan) -> None:
    reports = [_reported(numerator=9, denominator=10), _reported(numerator=1, denominator=10)]
    value = _value(plan, "training-satisfaction", Counted(year_reports=reports))
    assert (value.value, value.numerator, value.denominator) == (50, 10, 20)


def test_a_ratio_over_nothing_has_no_value(plan: Plan) -> None:
    newest = {None: _reported(numerator=0, denominator=0)}
    assert _value(plan, "public-assistance-rate", Counted(latest=newest)).value is None


def test_parts_count_only_when_all_are_there(plan: Plan) -> None:
    first = {"subsidised": _reported(part="subsidised", value=88)}
    assert _value(plan, "active-groups", Counted(latest=first)).value is None
    both = first | {"gathering-places": _reported(part="gathering-places", value=62)}
    assert _value(plan, "active-groups", Counted(latest=both)).value == 150


def test_a_register_grows_by_those_who_came_after_it(plan: Plan) -> None:
    counted = Counted(latest={None: _reported(value=8190)}, since_report=Decimal(40))
    assert _value(plan, "dementia-supporters", counted).value == 8230
    assert _value(plan, "dementia-supporters", Counted(since_report=Decimal(40))).value is None


def test_a_reported_part_replaces_what_was_counted_for_it(plan: Plan) -> None:
    counted = Counted(
        flows={"public-assistance": Decimal(5), "disability": Decimal(3)},
        year_reports=[_reported(part="disability", value=10), _reported(part="silver", value=2)],
    )
    assert _value(plan, "new-workers", counted).value == 17


def test_before_the_csw_there_is_no_value_and_afterwards_a_zero(plan: Plan) -> None:
    assert _value(plan, "csw-consultations", Counted(), year=2024).value is None
    assert _value(plan, "csw-consultations", Counted(), year=2025).value == 0


def test_a_counted_zero_is_zero(plan: Plan) -> None:
    assert _value(plan, "welfare-consultations", Counted()).value == 0


@pytest.mark.parametrize(
    ("indicator", "value", "year", "verdict"),
    [
        ("active-groups", 233, 2026, "reached"),
        ("active-groups", 178, 2026, "on-track"),  # a third of the way is due: 177.7
        ("active-groups", 177, 2026, "behind"),
        ("welfare-consultations", 537, 2026, "on-track"),  # 183 of 365 days have gone
        ("welfare-consultations", 536, 2026, "behind"),
        ("area-assessments", 6, 2026, "reached"),
        ("area-assessments", 4, 2026, "on-track"),
        ("area-assessments", 3, 2026, "behind"),
        ("disability-awareness", 80, 2026, "reached"),
        ("public-assistance-rate", 2, 2026, "not-judged"),
        ("csw-consultations", 61, 2026, "on-track"),  # against the target alone
        ("csw-consultations", 59, 2026, "behind"),
        ("active-groups", 150, 2024, "not-judged"),
    ],
)
def test_the_verdict_follows_the_linear_path(
    plan: Plan, indicator: str, value: int, year: int, verdict: str
) -> None:
    row = _row(plan, indicator)
    found = progress_of(row, Value(Decimal(value)), year, plan.first_year, plan.target_year, _TODAY)
    assert found.verdict == verdict


def test_progress_is_the_way_gone_from_baseline_to_target(plan: Plan) -> None:
    row = _row(plan, "active-groups")
    found = progress_of(row, Value(Decimal(166)), 2026, plan.first_year, plan.target_year, _TODAY)
    assert (found.ratio, found.expected) == (Decimal("0.193"), Decimal("0.333"))


def test_a_milestone_is_reached_by_its_word(plan: Plan) -> None:
    row = _row(plan, "guardianship-core-agency")
    years = (plan.first_year, plan.target_year, _TODAY)
    assert progress_of(row, Value(state="検討"), 2026, *years).verdict == "not-judged"
    assert progress_of(row, Value(state="設置"), 2026, *years).verdict == "reached"
    assert progress_of(row, Value(state="検討"), 2030, *years).verdict == "behind"
