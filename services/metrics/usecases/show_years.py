"""One indicator's exact figures year beside year, with the quarters and months of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.notes import notes_until
from services.metrics.domain.published import Note
from services.metrics.domain.quarters import Quarter, quarters_of
from services.metrics.domain.series import Cell, by_month, figure_of
from services.metrics.domain.values import Value
from services.metrics.storage import material
from services.metrics.usecases.rules_in_force import rules_in_force
from services.metrics.usecases.show_series import grows, row_of
from shared.japanese_time import last_day_of
from shared.plan import Plan
from shared.plan.counting import CountingRule
from shared.plan.model import IndicatorRow


@dataclass(frozen=True, slots=True)
class ShownYear:
    """A fiscal year; `finished` if nothing more happens in it."""

    year: int
    value: Value
    quarters: Sequence[Quarter]
    months: Sequence[Cell]
    finished: bool


@dataclass(frozen=True, slots=True)
class Years:
    """An indicator with its years, the oldest first, and what happened in them."""

    row: IndicatorRow
    rule: CountingRule
    years: Sequence[ShownYear]
    notes: Sequence[Note]


async def show_years(
    connection: AsyncConnection, plan: Plan, indicator: str, last: int, number: int, today: date
) -> Years:
    """The `number` fiscal years that end with `last`. Raises NotFound for another indicator."""
    row = row_of(plan, indicator)
    rule = (await rules_in_force(connection, plan))[indicator]
    which = material.live(indicator)
    shown = []
    for year in range(last - number + 1, last + 1):
        found = await material.of_year(connection, which, year, grows=grows(rule))
        months = list(by_month(rule, found, year, row.decimals, today))
        shown.append(
            ShownYear(
                year=year,
                value=figure_of(rule, found, year, row.decimals, today),
                quarters=quarters_of(rule, months, year, row.decimals),
                months=months,
                finished=today > last_day_of(year),
            )
        )
    notes = [one for one in notes_until(plan, today) if indicator in one.indicators]
    return Years(row, rule, shown, notes)
