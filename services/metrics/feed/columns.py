"""The columns of the long table: what each is called, what it means, what it says of a figure."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from services.metrics.domain.published import PlanLine
from services.metrics.feed.figures import TOTAL, Figure
from services.metrics.feed.words import (
    DIMENSIONS,
    MEASURES,
    STATUSES,
    TABLES,
    VALUE_SYMBOLS,
    VERDICTS,
    japanese_period,
    unit_of,
)
from services.metrics.storage.releases import StoredRelease
from shared.japanese_time import JST
from shared.plan import Plan

#: What a cell may hold; text is made neutral when it is written, a number is a number.
Datum = str | int | Decimal | date | datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """A figure in the release that says it and beside the plan that names things."""

    release: StoredRelease
    plan: Plan
    figure: Figure


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name for programs, its title, kind and meaning for people."""

    name: str
    title: str
    kind: str
    meaning: str


@cache
def columns() -> tuple[Column, ...]:
    """The columns in their order, as `columns.csv` beside this module describes them."""
    text = (Path(__file__).parent / "columns.csv").read_text(encoding="utf-8")
    return tuple(Column(**row) for row in csv.DictReader(io.StringIO(text)))


def key_name(plan: Plan, dimension: str, key: str) -> str:
    """What a key of a breakdown is called."""
    if dimension == "month":
        return japanese_period(key)
    if dimension == "agency":
        return plan.agency_name(key)
    if dimension == "topic":
        known = plan.topics.get(key)
        return key if known is None else known.label
    return DIMENSIONS[TOTAL] if dimension == TOTAL else plan.label(dimension, key)


def _line(read: Callable[[PlanLine], Datum]) -> Callable[[Said], Datum]:
    """Of the plan's line; empty where the figure belongs to none."""
    return lambda said: None if said.figure.line is None else read(said.figure.line)


def _state_name(said: Said) -> str | None:
    state = said.figure.state
    return VERDICTS[state] if said.figure.measure == "verdict" and state is not None else state


def _direction(said: Said) -> str | None:
    line = said.figure.line
    return None if line is None else said.plan.directions.get((line.goal, line.direction))


def _goal(said: Said) -> str | None:
    line = said.figure.line
    return None if line is None else said.plan.goals.get(line.goal)


def _plan_year(read: Callable[[Plan], int]) -> Callable[[Said], Datum]:
    return lambda said: None if said.figure.line is None else read(said.plan)


def _missing(words: str | None) -> str:
    return "-" if words is None else ""


#: How each column is filled.
READ: Mapping[str, Callable[[Said], Datum]] = {
    "release": lambda said: said.release.number,
    "release_hash": lambda said: said.release.hash,
    "released_at": lambda said: said.release.made_at.astimezone(JST),
    "release_status": lambda said: said.release.document.status,
    "release_reason": lambda said: said.release.document.reason,
    "period": lambda said: said.release.document.period,
    "table": lambda said: said.figure.table,
    "table_name": lambda said: TABLES[said.figure.table],
    "plan_row": _line(lambda line: line.row),
    "indicator": _line(lambda line: line.id),
    "indicator_name": _line(lambda line: line.name),
    "kind": _line(lambda line: line.kind),
    "owner": _line(lambda line: line.owner),
    "goal": _line(lambda line: line.goal),
    "goal_name": _goal,
    "direction": _line(lambda line: line.direction),
    "direction_name": _direction,
    "measure": lambda said: said.figure.measure,
    "measure_name": lambda said: MEASURES[said.figure.measure].name,
    "unit": lambda said: unit_of(said.figure.measure, said.figure.line),
    "fiscal_year": lambda said: said.figure.fiscal_year,
    "month": lambda said: said.figure.month,
    "period_start": lambda said: said.figure.starts,
    "period_end": lambda said: said.figure.ends,
    "area_code": lambda said: said.plan.area_code,
    "standard_area_code": lambda said: said.plan.area_code[:5],
    "area_name": lambda said: said.release.document.city,
    "dimension": lambda said: said.figure.dimension,
    "dimension_name": lambda said: DIMENSIONS[said.figure.dimension],
    "key": lambda said: said.figure.key,
    "key_name": lambda said: key_name(said.plan, said.figure.dimension, said.figure.key),
    "value": lambda said: said.figure.value,
    "value_symbol": lambda said: said.figure.mark,
    "value_symbol_name": lambda said: VALUE_SYMBOLS[said.figure.mark].name,
    "state": lambda said: said.figure.state,
    "state_name": _state_name,
    "status": lambda said: said.figure.status,
    "status_name": lambda said: STATUSES[said.figure.status],
    "status_symbol": lambda said: said.figure.status_symbol,
    "as_of": lambda said: said.figure.as_of,
    "first_release": lambda said: said.figure.first_release,
    "baseline": _line(lambda line: line.baseline),
    "baseline_value": _line(lambda line: line.baseline_value),
    "baseline_symbol": _line(lambda line: _missing(line.baseline)),
    "baseline_year": _plan_year(lambda plan: plan.baseline_year),
    "target": _line(lambda line: line.target),
    "target_value": _line(lambda line: line.target_value),
    "target_symbol": _line(lambda line: _missing(line.target)),
    "target_year": _plan_year(lambda plan: plan.target_year),
    "definition_version": lambda said: said.figure.version,
    "definition": lambda said: said.figure.counted_how,
    "note": lambda said: said.figure.note,
}


def data_of(said: Said) -> list[Datum]:
    """A figure's row, column by column."""
    return [READ[column.name](said) for column in columns()]
