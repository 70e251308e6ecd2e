"""Releases as a city would make them: every year closer to its goals, with small counts masked."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from services.metrics.domain.notes import notes_until
from services.metrics.domain.published import Breakdown, KeyedCell, PlanLine, Published, YearCell
from services.metrics.feed.figures import month_bounds
from shared.japanese_time import fiscal_year_of, last_day_of
from shared.plan import Plan
from shared.plan.model import IndicatorRow
from tests.feed.samples import line_of, sample

_FLOWS = ("consultation", "outcome", "activity")


def months_of(year: int, until: date) -> list[str]:
    """The months of a fiscal year up to this day's."""
    every = [f"{year + (month < 4)}-{month:02d}" for month in (*range(4, 13), *range(1, 4))]
    return [month for month in every if month_bounds(month)[0] <= until]


def _value(row: IndicatorRow, year: int, plan: Plan) -> Decimal:
    """On the way from 現状 to 目標, some rows before it and some behind."""
    goal = row.target_value or Decimal(0)
    base = Decimal(0) if row.baseline_value is None else row.baseline_value
    share = Decimal(year - plan.baseline_year) / (plan.target_year - plan.baseline_year)
    drift = Decimal((row.row * 7 + year * 3) % 9 - 4) / 40
    step = Decimal(1).scaleb(-row.decimals)
    return (base + (goal - base) * (share + drift)).quantize(step)


def cell_of(row: IndicatorRow, year: int, until: date, plan: Plan, release: int) -> YearCell:
    """An indicator in one fiscal year, counted up to a day."""
    partial = until < last_day_of(year)
    place: dict[str, Any] = {
        "fiscal_year": year,
        "release": release,
        "status": "provisional" if partial else "final",
    }
    if row.kind == "milestone":
        state = row.target if year >= plan.target_year - 1 else row.baseline
        return YearCell(**place, state=state, as_of=date(year, 10, 1))
    value = _value(row, year, plan)
    if row.kind in _FLOWS and partial:
        value = (value * len(months_of(year, until)) / 12).quantize(Decimal(1))
        if row.kind in ("consultation", "outcome"):
            if value < plan.disclosure.threshold:
                return YearCell(**place, mark="x")
            value -= value % plan.disclosure.rounding_base
    if row.id == "csw-consultations" and year < 2025:
        return YearCell(**place, mark="-")
    more = {}
    if row.kind == "ratio":
        more = {"numerator": value * 10, "denominator": Decimal(1000), "as_of": date(year, 9, 30)}
    return YearCell(**place, value=value, **more)


def _months(row: IndicatorRow, own: YearCell, months: list[str], plan: Plan) -> Breakdown:
    each = (own.value or Decimal(0)) / len(months)
    cells = []
    for place, month in enumerate(months):
        value = (each * (8 + place % 5) / 10).quantize(Decimal(1))
        hidden = row.kind != "activity" and value < plan.disclosure.threshold
        if row.kind != "activity":
            value -= value % plan.disclosure.rounding_base
        cells.append(
            KeyedCell(key=month, mark="x") if hidden else KeyedCell(key=month, value=value)
        )
    return Breakdown(indicator=row.id, by="month", cells=tuple(cells))


def city_release(plan: Plan, until: date, *, first: int = 2025, **changes: Any) -> Published:
    """The release of the month or year that ends on this day, with all years since `first`."""
    year = fiscal_year_of(until)
    whole = until == last_day_of(year)
    given: dict[str, Any] = {
        "number": 1,
        "previous": None,
        "period": str(year) if whole else f"{until:%Y-%m}",
        "fiscal_year": year,
        "until": until,
        "status": "final",
        "made_at": datetime(until.year, until.month, until.day, 3, tzinfo=UTC),
        "notes": notes_until(plan, until),
    } | changes
    lines, breakdowns = [], []
    for row in plan.indicators:
        cells = tuple(
            cell_of(row, one, min(until, last_day_of(one)), plan, given["number"])
            for one in range(first, year + 1)
        )
        lines.append(_line(row, plan, cells, given["number"], year))
        if row.kind in _FLOWS and row.same_as is None:
            breakdowns.append(_months(row, cells[-1], months_of(year, until), plan))
    parts = sample(plan).breakdowns
    given["lines"] = tuple(lines)
    given["breakdowns"] = (*breakdowns, *(one for one in parts if one.by != "month"))
    return sample(plan, **given)


def _line(
    row: IndicatorRow, plan: Plan, cells: tuple[YearCell, ...], number: int, year: int
) -> PlanLine:
    line = line_of(row, plan, year, number)
    value, goal, base = cells[-1].value, row.target_value, row.baseline_value
    judged = None not in (value, goal) and row.sense != "neutral"
    ratio = None
    if value is not None and goal is not None and base is not None and goal != base and judged:
        ratio = ((value - base) / (goal - base)).quantize(Decimal("0.001"))
    reached = judged and value is not None and goal is not None and value >= goal
    due = Decimal(year - plan.baseline_year) / (plan.target_year - plan.baseline_year)
    ahead = ratio is not None and ratio >= due
    verdict = (
        "reached" if reached else "on-track" if ahead else "behind" if judged else "not-judged"
    )
    reasons = {
        "reached": "目標の値に届いています。",
        "on-track": "目標までの直線的な道のりに届いています。",
        "behind": "目標までの直線的な道のりより低い値です。",
        "not-judged": "目標の年度までの間は、途中の状態を評価しません。",
    }
    progress = line.progress.model_copy(
        update={
            "verdict": verdict,
            "ratio": ratio,
            "expected": due.quantize(Decimal("0.001")) if judged else None,
            "reason": reasons[verdict],
        }
    )
    return line.model_copy(update={"years": cells, "progress": progress})
