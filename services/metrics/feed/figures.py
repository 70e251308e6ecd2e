"""The release's figures in long form: one figure after another, each with all that it needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services.metrics.domain.changes import notes_of
from services.metrics.domain.counted_years import how_of, version_of
from services.metrics.domain.published import (
    Cell,
    Mark,
    Note,
    PlanLine,
    Published,
    Status,
    YearCell,
)
from services.metrics.feed.words import BREAK, unit_of, written_value
from shared.japanese_time import fiscal_year_of, last_day_of

#: The key of figures that are broken down by nothing.
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, or the word that stands in its place.

    `value` or `state` is there, or `mark` says why neither is. `starts` and `ends` are the first
    and the last day that it covers. `version` and `counted_how` are of the rule that counted it.
    """

    table: str
    measure: str
    line: PlanLine | None
    fiscal_year: int
    month: str | None
    starts: date
    ends: date
    dimension: str
    key: str
    value: Decimal | None
    mark: Mark
    status: Status
    revised: bool
    state: str | None = None
    as_of: date | None = None
    first_release: int | None = None
    version: int | None = None
    counted_how: str | None = None
    note: str = ""

    @property
    def status_symbol(self) -> str:
        """`r` for what a correction of a closed period changed, `p` for 速報."""
        if self.revised:
            return "r"
        return "p" if self.status == "provisional" else ""


def figure_in_words(figure: Figure) -> str:
    """The figure as people read it, the word in its place, or the symbol for neither."""
    if figure.value is None:
        return figure.state or figure.mark
    line = figure.line
    decimals = 0 if line is None else line.decimals
    return written_value(figure.value, decimals, unit_of(figure.measure, line))


def month_bounds(month: str) -> tuple[date, date]:
    """The first and the last day of a month (`2026-04`)."""
    first = date.fromisoformat(f"{month}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _mark(value: Decimal | None, state: str | None, mark: Mark) -> Mark:
    """Why nothing is there; 不詳 where the release gives no reason."""
    return mark or ("" if value is not None or state is not None else "…")


def _year_so_far(document: Published) -> Figure:
    """The frame of the figures of the release's own fiscal year; nothing is in it yet."""
    year = document.fiscal_year
    return Figure(
        table="plan",
        measure="value",
        line=None,
        fiscal_year=year,
        month=None,
        starts=date(year, 4, 1),
        ends=min(document.until, last_day_of(year)),
        dimension=TOTAL,
        key=TOTAL,
        value=None,
        mark="-",
        status=document.status,
        revised=False,
    )


def _filled(frame: Figure, cell: Cell, **more: Any) -> Figure:
    mark = _mark(cell.value, None, cell.mark)
    return replace(frame, **{"value": cell.value, "mark": mark, "revised": cell.revised, **more})


def _in_month(frame: Figure, month: str) -> Figure:
    starts, ends = month_bounds(month)
    year = fiscal_year_of(starts)
    return replace(frame, month=month, starts=starts, ends=ends, fiscal_year=year)


def _of_line(frame: Figure, line: PlanLine) -> Figure:
    how = line.counted_how
    return replace(frame, line=line, version=line.definition_version, counted_how=how)


def _broken(notes: Sequence[Note], year: int) -> str:
    """Why a year, or a part of it, cannot be compared with what was before."""
    within = (note for note in notes if note.breaks and fiscal_year_of(note.on) == year)
    return "".join(
        f"{BREAK} {note.on} より前の値とは比べられません。{note.words}" for note in within
    )


def _of_year(frame: Figure, line: PlanLine, cell: YearCell, note: str) -> Iterator[Figure]:
    """An indicator in one year; a ratio with its numerator and denominator."""
    year = cell.fiscal_year
    if year != frame.fiscal_year:
        frame = replace(frame, fiscal_year=year, starts=date(year, 4, 1), ends=last_day_of(year))
    value = _filled(
        frame,
        cell,
        mark=_mark(cell.value, cell.state, cell.mark),
        status=cell.status,
        state=cell.state,
        as_of=cell.as_of,
        first_release=cell.release,
        version=version_of(line, cell),
        counted_how=how_of(line, cell),
        note=note,
    )
    yield value
    if line.kind == "ratio":
        for measure, part in (("numerator", cell.numerator), ("denominator", cell.denominator)):
            mark = _mark(part, None, cell.mark)
            yield replace(value, measure=measure, value=part, mark=mark)


def _of_progress(frame: Figure, line: PlanLine) -> Iterator[Figure]:
    """Where the published figure of the year stands, and the word for it with its reason."""
    progress = line.progress
    for measure, ratio in (("progress", progress.ratio), ("expected", progress.expected)):
        mark: Mark = "-" if ratio is None else ""
        yield replace(frame, measure=measure, value=ratio, mark=mark)
    yield replace(frame, measure="verdict", mark="", state=progress.verdict, note=progress.reason)


def figures_of_plan(document: Published) -> dict[tuple[int, int], Figure]:
    """The figure of each row of the plan in each fiscal year, by row and year."""
    alone = document.model_copy(update={"breakdowns": (), "flow": (), "unmet": ()})
    return {
        (one.line.row, one.fiscal_year): one
        for one in figures_of(alone)
        if one.line is not None and one.measure == "value"
    }


def figures_of(document: Published) -> Iterator[Figure]:
    """Every figure of the release, in the order of its tables."""
    frame = _year_so_far(document)
    first = {line.id: line for line in reversed(document.lines)}
    for line in document.lines:
        of_line, notes = _of_line(frame, line), notes_of(document, line.id)
        for in_year in line.years:
            yield from _of_year(of_line, line, in_year, _broken(notes, in_year.fiscal_year))
        yield from _of_progress(of_line, line)
    for breakdown in document.breakdowns:
        of_line = _of_line(replace(frame, table="breakdown"), first[breakdown.indicator])
        for keyed in breakdown.cells:
            figure = _filled(of_line, keyed, dimension=breakdown.by, key=keyed.key)
            yield _in_month(figure, keyed.key) if breakdown.by == "month" else figure
    for flow in document.flow:
        of_flow = _in_month(replace(frame, table="flow"), flow.month)
        for measure, cell in flow.cells.items():
            yield _filled(of_flow, cell, measure=measure, dimension="agency", key=flow.agency)
    for unmet in document.unmet:
        of_topic = replace(frame, table="unmet", measure="unmet", dimension="topic")
        yield _filled(of_topic, unmet.cell, key=unmet.topic)
