"""Disclosure control, rule by rule: what is masked, rounded, told, kept and withheld."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.metrics.domain.disclosure.control import protect
from services.metrics.domain.disclosure.handoffs import protect_line
from services.metrics.domain.disclosure.hiding import Hidden, first_rule, rounded, shown, span
from services.metrics.domain.disclosure.overlaps import Containment, containments
from services.metrics.domain.disclosure.series import Counts, Series
from services.metrics.domain.disclosure.worlds import System
from shared.plan import Plan
from shared.plan.counting import Consultations
from shared.plan.model import Disclosure

RULE = Disclosure(threshold=10, rounding_base=5, minimum_possible=5)


def _months(*counts: int) -> dict[str, int]:
    return {f"2026-{month:02d}": count for month, count in enumerate(counts, start=4)}


def _protect(counts: Counts, *history: Series, final: bool = False, name: str = "calls") -> Series:
    past = [{name: one} for one in history]
    return protect({name: counts}, past, (), RULE, final=final)[name]


def _said(figures: dict[str, Hidden]) -> list[int | str]:
    printed = [shown(one, RULE) for one in figures.values()]
    return [mark if value is None else int(value) for value, mark in printed]


@pytest.mark.parametrize(
    ("value", "final", "how", "printed"),
    [
        (0, False, "exact", 0),
        (1, False, "small", None),
        (9, True, "small", None),
        (10, False, "rounded", 10),
        (12, False, "rounded", 10),
        (13, False, "rounded", 15),
        (13, True, "exact", 13),
    ],
)
def test_the_first_rule(value: int, final: bool, how: str, printed: int | None) -> None:
    figure = Hidden(exact=value, how=first_rule(value, RULE, None, final=final))
    assert figure.how == how
    assert shown(figure, RULE) == ((None, "x") if printed is None else (printed, ""))


@given(value=st.integers(0, 500), base=st.integers(1, 10))
@settings(derandomize=True, database=None)
def test_a_span_holds_exactly_the_values_that_look_the_same(value: int, base: int) -> None:
    rule = replace(RULE, rounding_base=base)
    figure = Hidden(exact=value, how=first_rule(value, rule, None))
    low, high = span(figure, rule)
    alike = [
        other
        for other in range(600)
        if shown(Hidden(exact=other, how=first_rule(other, rule, None)), rule)
        == shown(figure, rule)
    ]
    assert alike == list(range(low, high + 1))
    assert rounded(value, base) % base == 0


def test_a_month_that_the_exact_total_gives_away_is_withheld() -> None:
    said = _protect(Counts(_months(10, 2, 0)), final=True)
    assert shown(said.total, RULE) == (12, "")
    assert _said(said.months) == ["x", "x", "x"]


def test_months_that_stay_open_are_shown() -> None:
    said = _protect(Counts(_months(30, 2, 41, 7)), final=True)
    assert _said(said.months) == [30, "x", 40, "x"]


def test_what_was_masked_stays_masked() -> None:
    first = _protect(Counts(_months(3, 40, 41)))
    later = _protect(Counts(_months(15, 40, 41, 44)), first)
    assert _said(later.months)[0] == "x"
    assert later.months["2026-04"].how == "kept"


def test_a_month_that_falls_below_the_threshold_does_not_tell_how_far() -> None:
    before = _protect(Counts(_months(10, 30, 31)), final=True)
    assert _said(before.months) == [10, 30, 30]
    after = _protect(Counts(_months(9, 30, 31)), before, final=True)
    assert _said(after.months) == ["x", "x", "x"]
    assert shown(after.total, RULE) == (None, "x")


def test_what_a_breakdown_leaves_out_is_hidden_too() -> None:
    four = {"east": 40, "west": 41, "south": 30, "north": 35}
    told = _protect(Counts(_months(73, 73), {"district": four}), final=True)
    assert _said(told.parts["district"]) == [40, 40, 30, 35]
    bare = _protect(Counts(_months(6, 5), {"district": {"east": 10, "west": 0}}), final=True)
    assert _said(bare.parts["district"]) == ["x", "x"]


def test_an_indicator_within_another_is_audited_with_it() -> None:
    counts = {"all": Counts(_months(4, 20, 30, 41)), "some": Counts(_months(2, 12, 22, 33))}
    within = (Containment("some", ("all",)),)
    said = protect(counts, [], within, RULE, final=False)
    assert _said(said["all"].months) == ["x", 20, 30, 40]
    assert _said(said["some"].months) == ["x", 10, 20, 35]
    system = System()
    small, whole = system.variable("some", 3, 1, 9), system.variable("all", 3, 0, 4)
    system.examine(small)
    system.add([(whole, 1), (small, -1)], 0, 100)
    assert list(system.narrowed(5)) == ["some"]


def test_containments_are_read_from_the_rules(plan: Plan) -> None:
    assert containments(plan.rules, plan.agencies) == ()
    council = Consultations(
        version=1,
        since=date(2024, 4, 1),
        explained="社会福祉協議会の窓口が受け付けた相談をすべて数えます。",
        method="consultations",
        desk_kinds=frozenset({"council"}),
    )
    found = containments({**plan.rules, "council": council}, plan.agencies)
    inner = {one.inner for one in found if one.outer == ("council",)}
    assert inner == {
        "group-consultations",
        "volunteer-consultations",
        "resident-activity-consultations",
        "shakyo-consultations",
        "hardship-consultations",
    }


def test_hand_offs_are_masked_line_by_line() -> None:
    counts = {
        "offered": 24,
        "accepted": 13,
        "returned": 9,
        "returned-again": 1,
        "overdue": 0,
        "closed": 12,
        "confirmed": 3,
    }
    first = protect_line(counts, [], RULE)
    assert _said(first) == [25, 15, "x", "x", 0, 10, "x"]
    later = protect_line(counts | {"returned": 12, "confirmed": 11}, [first], RULE)
    assert _said(later) == [25, 15, "x", "x", 0, 10, "x"]


@given(
    st.lists(st.integers(0, 14), min_size=2, max_size=5),
    st.lists(st.integers(-2, 2), min_size=5, max_size=5),
)
@settings(derandomize=True, database=None, max_examples=40, deadline=None)
def test_no_small_number_is_ever_printed(counts: list[int], steps: list[int]) -> None:
    first = _protect(Counts(_months(*counts)), final=True)
    changed = [max(0, count + step) for count, step in zip(counts, steps, strict=False)]
    later = _protect(Counts(_months(*changed)), first, final=True)
    for said in (first, later):
        for figure in said.cells().values():
            value, _ = shown(figure, RULE)
            assert value is None or value == 0 or value >= RULE.threshold
            assert (value is None) == (figure.how in ("small", "kept", "withheld"))
