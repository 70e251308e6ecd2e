"""What the charts of an indicator show: its fiscal years on the plan's way, its months."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.metrics.domain.changes import FLOWS
from services.metrics.domain.published import Note, PlanLine
from services.metrics.feed.figures import month_bounds
from services.metrics.feed.words import written_value
from services.metrics.pages.charts import Plot, Point, Way
from shared.japanese_time import last_day_of
from shared.plan import Plan
from shared.plan.model import IndicatorRow

#: Senses for which a value is to be held, not to grow.
_HELD = frozenset({"maintain", "allow-decrease"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure for a chart: the value, or the sign in its place, if any, and what that means."""

    value: Decimal | None
    sign: str = ""
    meaning: str = ""
    provisional: bool = False


def _said(shown: Shown, decimals: int, unit: str) -> str:
    """The figure in the sentence that stands for the chart."""
    if shown.value is None:
        return f"{shown.meaning}（{shown.sign}）" if shown.sign else shown.meaning
    after = "（速報または途中）" if shown.provisional else ""
    return f"{written_value(shown.value, decimals, unit)}{after}"


def _point(label: str, days: tuple[date, date], shown: Shown | None, decimals: int) -> Point:
    if shown is None:
        return Point(label, *days)
    words = "" if shown.value is None else written_value(shown.value, decimals, "")
    return Point(label, *days, shown.value, words, shown.sign, shown.provisional)


def _way(row: PlanLine | IndicatorRow, plan: Plan, first: int) -> Way | None:
    if row.target_value is None:
        return None
    begins = None
    if row.baseline_value is not None:
        begins = (plan.baseline_year - first, row.baseline_value)
    goal = (plan.target_year - first, row.target_value)
    return Way(begins, goal, level=row.sense in _HELD, judged=row.sense != "neutral")


def _told_notes(notes: Sequence[Note]) -> str:
    """The notes in the sentence that stands for the chart."""
    return "".join(
        f"　印{number} {note.on.year}年{note.on.month}月{note.on.day}日 {note.words}"
        f"{'前後の値は比べられません。' if note.breaks else ''}"
        for number, note in enumerate(notes, start=1)
    )


def plot_years(
    row: PlanLine | IndicatorRow,
    plan: Plan,
    years: Mapping[int, Shown],
    notes: Sequence[Note],
) -> Plot:
    """The fiscal years from 現状 to 目標, or as far as there are figures."""
    first = min([plan.baseline_year, *years])
    last = max([plan.target_year, *years])
    every = range(first, last + 1)
    told = "、".join(
        f"{year}年度 {_said(shown, row.decimals, row.unit)}" for year, shown in years.items()
    )
    described = (
        f"現状（{plan.baseline_year}年度）{row.baseline or '-'}、{told}、"
        f"目標（{plan.target_year}年度）{row.target or '-'}。{_told_notes(notes)}"
    )
    points = [
        _point(str(year), (date(year, 4, 1), last_day_of(year)), years.get(year), row.decimals)
        for year in every
    ]
    return Plot(
        id=f"years-{row.row}",
        title=f"{row.name}：年度ごとの値と、現状から目標までの道のり",
        described=described,
        points=points,
        decimals=row.decimals,
        bars=row.kind in FLOWS,
        way=_way(row, plan, first),
        notes=list(enumerate(notes, start=1)),
    )


def plot_months(
    row: PlanLine | IndicatorRow,
    months: Mapping[str, Shown],
    notes: Sequence[Note],
) -> Plot:
    """The months (`2026-04`) of one fiscal year."""
    numbered = [
        (number, note) for number, note in enumerate(notes, start=1) if f"{note.on:%Y-%m}" in months
    ]
    told = "、".join(
        f"{int(month[5:])}月 {_said(shown, row.decimals, row.unit)}"
        for month, shown in months.items()
    )
    return Plot(
        id=f"months-{row.row}",
        title=f"{row.name}：月ごとの値",
        described=f"{told}。",
        points=[
            _point(str(int(month[5:])), month_bounds(month), shown, row.decimals)
            for month, shown in months.items()
        ],
        decimals=row.decimals,
        bars=row.kind in FLOWS,
        notes=numbered,
    )
