"""What another version of a rule counts more or less stays as hidden as any other small count."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.metrics.domain.disclosure.control import protect
from services.metrics.domain.disclosure.hiding import Hidden, shown, span
from services.metrics.domain.disclosure.overlaps import Containment
from services.metrics.domain.disclosure.series import Counts, Series
from shared.plan.model import Disclosure

RULE = Disclosure(threshold=10, rounding_base=5, minimum_possible=5)
MONTHS = [f"2026-{number:02d}" for number in range(4, 13)] + ["2027-01", "2027-02", "2027-03"]


def _protect(counts: Counts, *history: Series) -> Series:
    return protect({"calls": counts}, [{"calls": one} for one in history], (), RULE, final=True)[
        "calls"
    ]


def _year(counts: list[int], version: int) -> Counts:
    return Counts(dict(zip(MONTHS, counts, strict=True)), version=version)


def _steps(before: Hidden, after: Hidden) -> int:
    """How many values the difference of two published figures may have."""
    low, high = span(before, RULE)
    least, greatest = span(after, RULE)
    return (high - least) - (low - greatest) + 1


def test_a_desk_that_the_new_version_leaves_out_is_not_told_by_the_difference() -> None:
    both = [4, 3, 4, 3, 4, 3, 4, 3, 4, 4, 4, 3]
    without = [4, 3, 4, 3, 4, 3, 4, 3, 4, 3, 3, 2]
    before = _protect(_year(both, 1))
    assert shown(before.total, RULE) == (43, "")
    after = _protect(_year(without, 2), before)
    assert sum(without) == 40
    assert after.total.how == "withheld"


def _thrice(vol: list[int], within: tuple[Containment, ...]) -> dict[str, Series]:
    """Two desks counted as one, then the larger alone, then both again; the smaller by itself."""
    alone = [3] * 10 + [0, 0]
    both = [one + more for one, more in zip(alone, vol, strict=True)]
    history: list[dict[str, Series]] = []
    for version, months in enumerate((alone, both, alone), start=1):
        counts = {"vol": _year(vol, 1), "desks": _year(months, version)}
        history.append(protect(counts, history, within, RULE, final=True))
    return history[-1] | {"before": history[1]["desks"], "first": history[0]["desks"]}


@pytest.mark.parametrize(
    "within",
    [
        (),
        (Containment("vol", ("desks",), (("vol", 1), ("desks", 2))),),
    ],
    ids=["apart", "contained by the second version"],
)
def test_a_desk_that_a_new_version_adds_is_not_told(within: tuple[Containment, ...]) -> None:
    vol = [0] * 10 + [0, 3]
    said = _thrice(vol, within)
    assert shown(said["first"].total, RULE) == (30, "")
    assert said["before"].total.how == "withheld"


def test_what_cannot_be_true_together_is_not_told() -> None:
    said = _thrice([0] * 10 + [0, 3], (Containment("vol", ("desks",)),))
    assert {one.total.how for one in said.values()} <= {"withheld", "small", "kept"}


def test_a_large_difference_is_told() -> None:
    before = _protect(_year([20] * 12, 1))
    after = _protect(_year([15] * 12, 2), before)
    assert shown(after.total, RULE) == (180, "")


def test_a_correction_by_the_same_version_is_told() -> None:
    before = _protect(_year([4, 3, 4, 3, 4, 3, 4, 3, 4, 4, 4, 3], 2))
    after = _protect(_year([4, 3, 4, 3, 4, 3, 4, 3, 4, 3, 3, 2], 2), before)
    assert shown(after.total, RULE) == (40, "")


@given(
    kept=st.lists(st.integers(0, 30), min_size=12, max_size=12),
    dropped=st.lists(st.sampled_from([0, 0, 0, 1, 2, 12]), min_size=12, max_size=12),
)
@settings(max_examples=60, derandomize=True, database=None, deadline=None)
def test_no_small_difference_of_two_versions_can_be_worked_out(
    kept: list[int], dropped: list[int]
) -> None:
    both = [one + more for one, more in zip(kept, dropped, strict=True)]
    before = _protect(_year(both, 1))
    after = _protect(_year(kept, 2), before)
    later = after.cells()
    for cell, figure in before.cells().items():
        step = figure.exact - later[cell].exact
        if 0 < step < RULE.threshold:
            assert _steps(figure, later[cell]) >= RULE.minimum_possible, cell
