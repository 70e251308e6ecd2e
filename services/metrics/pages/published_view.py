"""A release as its pages show it: the plan's tables, and what stands behind each row.

Everything is made from the release's document; the plan only names goals and codes.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from services.metrics.domain.changes import (
    Change,
    broken_between,
    change_into,
    is_part_of_a_year,
    notes_of,
)
from services.metrics.domain.published import Note, PlanLine, Published
from services.metrics.feed.columns import key_name
from services.metrics.feed.figures import Figure, figures_of, figures_of_plan
from services.metrics.feed.words import MEASURES, VALUE_SYMBOLS
from services.metrics.pages.charts import Drawing, draw
from services.metrics.pages.plots import Shown, plot_months, plot_years
from services.metrics.pages.sparks import Spark, spark_of
from shared.japanese_time import last_day_of
from shared.plan import Plan

#: The measures of a line that are not its figure.
_PARTS = ("numerator", "denominator")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the plan: its figure in each year, and the change into the release's own year.

    `again` where the plan shows an indicator for the second time.
    """

    line: PlanLine
    figures: Sequence[Figure | None]
    partial: bool
    trend: Change
    spark: Spark
    again: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of a 方向性 of a 基本目標."""

    goal: int
    direction: int
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a row: notes, charts, each year, ratios, breakdowns by dimension."""

    line: PlanLine
    notes: Sequence[Note]
    years: Drawing | None
    months: Drawing | None
    partial: bool
    figures: Sequence[tuple[Figure, Change]]
    ratios: Sequence[Figure]
    progress: Mapping[str, Figure]
    breakdowns: Mapping[str, Sequence[tuple[str, Figure]]]


def years_of(document: Published) -> list[int]:
    """The fiscal years that the release has figures of."""
    return sorted({cell.fiscal_year for line in document.lines for cell in line.years})


def is_unfinished(document: Published) -> bool:
    """Whether the release's own fiscal year went on after its last day."""
    return document.until < last_day_of(document.fiscal_year)


def tally_of(document: Published) -> Counter[str]:
    """How many indicators stand how; one that is shown twice counts once."""
    return Counter({line.id: line.progress.verdict for line in document.lines}.values())


def sections_of(document: Published, plan: Plan) -> Iterator[Section]:
    """The plan's tables in the plan's order."""
    years = years_of(document)
    said = figures_of_plan(document)
    seen: set[str] = set()
    for place, lines in groupby(document.lines, key=lambda line: (line.goal, line.direction)):
        rows = []
        for line in lines:
            own = line.years[-1]
            whole = [
                None if is_part_of_a_year(line, one, document) else one.value for one in line.years
            ]
            rows.append(
                Row(
                    line=line,
                    figures=[said.get((line.row, year)) for year in years],
                    partial=is_part_of_a_year(line, own, document),
                    trend=change_into(line, own, document, plan.baseline_year),
                    spark=spark_of(whole, _breaks(line, document)),
                    again=line.id in seen,
                )
            )
            seen.add(line.id)
        yield Section(*place, rows)


def _breaks(line: PlanLine, document: Published) -> set[int]:
    """The places of the years that cannot be compared with the one before."""
    notes = notes_of(document, line.id)
    between = enumerate(pairwise(cell.fiscal_year for cell in line.years), start=1)
    return {place for place, years in between if broken_between(notes, *years)}


def behind_of(document: Published, plan: Plan, line: PlanLine) -> Behind:
    """What stands behind the row."""
    own = document.model_copy(
        update={
            "lines": (line,),
            "breakdowns": tuple(one for one in document.breakdowns if one.indicator == line.id),
            "flow": (),
            "unmet": (),
        }
    )
    measured: dict[str, list[Figure]] = {}
    parts: dict[str, list[Figure]] = {}
    for figure in figures_of(own):
        into = parts if figure.table == "breakdown" else measured
        key = figure.dimension if figure.table == "breakdown" else figure.measure
        into.setdefault(key, []).append(figure)
    cells = {cell.fiscal_year: cell for cell in line.years}
    notes = notes_of(document, line.id)
    years = {
        one.fiscal_year: _shown(
            one, open_end=is_part_of_a_year(line, cells[one.fiscal_year], document)
        )
        for one in measured["value"]
    }
    months = {one.key: _shown(one) for one in parts.get("month", ())}
    any_month = any(shown.value is not None for shown in months.values())
    counted = line.kind != "milestone"
    return Behind(
        line=line,
        notes=notes,
        years=draw(plot_years(line, plan, years, notes)) if counted else None,
        months=draw(plot_months(line, months, notes)) if any_month else None,
        partial=is_part_of_a_year(line, line.years[-1], document),
        figures=[
            (one, change_into(line, cells[one.fiscal_year], document, plan.baseline_year))
            for one in measured["value"]
        ],
        ratios=[one for measure in _PARTS for one in measured.get(measure, ())],
        progress={measure: measured[measure][0] for measure in ("progress", "expected")},
        breakdowns={
            by: [(key_name(plan, by, one.key), one) for one in figures]
            for by, figures in parts.items()
        },
    )


def _shown(figure: Figure, *, open_end: bool = False) -> Shown:
    meaning = VALUE_SYMBOLS[figure.mark].name if figure.mark else ""
    return Shown(figure.value, figure.mark, meaning, open_end or figure.status == "provisional")


@dataclass(frozen=True, slots=True)
class Handoffs:
    """The flow of hand-offs by agency and month, and the needs that nobody could meet."""

    measures: Sequence[str]
    flow: Sequence[tuple[str, str, Mapping[str, Figure]]]
    unmet: Sequence[tuple[str, Figure]]


def handoffs_of(document: Published, plan: Plan) -> Handoffs:
    """Every figure of hand-offs in the release."""
    flow: dict[tuple[str, str], dict[str, Figure]] = {}
    unmet = []
    alone = document.model_copy(update={"lines": (), "breakdowns": ()})
    for one in figures_of(alone):
        if one.table == "unmet":
            unmet.append((key_name(plan, "topic", one.key), one))
        else:
            flow.setdefault((one.key, one.month or ""), {})[one.measure] = one
    told = {measure for found in flow.values() for measure in found}
    measures = [measure for measure in MEASURES if measure in told]
    return Handoffs(measures, [(*key, found) for key, found in flow.items()], unmet)
