"""Progress on the plan's linear path from the baseline to the target, as a word."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from services.metrics.domain.values import Value
from shared.japanese_time import last_day_of
from shared.plan.model import IndicatorRow

Verdict = Literal["reached", "on-track", "behind", "not-judged"]
_STEP = Decimal("0.001")
_FLOWS = frozenset({"consultation", "outcome", "activity"})


@dataclass(frozen=True, slots=True)
class Progress:
    """`ratio`: the way gone, 0 at the baseline and 1 at the target. `expected`: the way due.

    Both are there, or neither: only where the one against the other bears out the verdict.
    `by_days`: compared with the share of the year that has passed.
    """

    ratio: Decimal | None
    expected: Decimal | None
    verdict: Verdict
    by_days: bool = False


def _elapsed_share(year: int, today: date) -> Decimal:
    """How much of the fiscal year has gone, from 0 to 1."""
    begins, ends = date(year, 4, 1), last_day_of(year)
    gone = (min(today, ends) - begins).days + 1
    return max(Decimal(0), Decimal(gone) / Decimal((ends - begins).days + 1))


def progress_of(
    row: IndicatorRow, value: Value, year: int, first_year: int, target_year: int, today: date
) -> Progress:
    """Where the indicator stands in this fiscal year."""
    years = target_year - first_year + 1
    due_share = min(Decimal(1), max(Decimal(0), Decimal(year - first_year + 1) / years))
    if row.kind == "milestone":
        reached = value.state is not None and value.state == row.target
        late = year >= target_year and value.state is not None
        return Progress(None, None, "reached" if reached else "behind" if late else "not-judged")
    now, goal, base = value.value, row.target_value, row.baseline_value
    if now is None or goal is None or row.sense == "neutral" or year < first_year:
        return Progress(None, None, "not-judged")
    held = row.sense in ("maintain", "allow-decrease")
    due = goal if held or base is None else base + (goal - base) * due_share
    if row.kind in _FLOWS and today < last_day_of(year):
        # What adds up is nowhere on the plan's way before its year is over.
        if now >= goal:
            return Progress(None, None, "reached")
        enough = now >= due * _elapsed_share(year, today)
        return Progress(None, None, "on-track" if enough else "behind", by_days=True)
    verdict: Verdict = "reached" if now >= goal else "on-track" if now >= due else "behind"
    start = Decimal(0) if base is None else base
    if held or goal == start:
        return Progress(None, None, verdict)
    ratio, expected = ((one - start) / (goal - start) for one in (now, due))
    return Progress(ratio.quantize(_STEP), expected.quantize(_STEP), verdict)
