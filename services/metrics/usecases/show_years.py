"""One indicator's exact figures year beside year, with the quarters and months of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.counted_years import is_newer_than_the_plan
from services.metrics.domain.notes import notes_until
from services.metrics.domain.published import Note
from services.metrics.domain.quarters import Quarter, quarters_of
from services.metrics.domain.series import Cell, by_month, figure_of
from services.metrics.domain.values import Value
from services.metrics.storage import material, releases
from services.metrics.usecases.rules_in_force import rules_in_force
from services.metrics.usecases.show_series import grows, row_of
from shared.japanese_time import last_day_of
from shared.plan import Plan
from shared.plan.counting import CountingRule
from shared.plan.model import IndicatorRow


@dataclass(frozen=True, slots=True)
class ShownYear:
    """A fiscal year; `begun` if it has, `finished` if nothing more happens in it."""

    year: int
    value: Value
    quarters: Sequence[Quarter]
    months: Sequence[Cell]
    begun: bool
    finished: bool


@dataclass(frozen=True, slots=True)
class Years:
    """An indicator with its years, the oldest first, and what happened in them.

    `published`: a release closed the plan's own year with a figure of it beside the plan's 現状.
    `newer`: the rule counts otherwise than the plan's 現状 was counted.
    """

    row: IndicatorRow
    rule: CountingRule
    years: Sequence[ShownYear]
    notes: Sequence[Note]
    published: bool
    newer: bool


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
                begun=today >= date(year, 4, 1),
                finished=today > last_day_of(year),
            )
        )
    notes = [one for one in notes_until(plan, today) if indicator in one.indicators]
    closed = (await releases.closed_year(connection, plan.baseline_year)).get(indicator)
    return Years(
        row=row,
        rule=rule,
        years=shown,
        notes=notes,
        published=closed is not None and closed.printed,
        newer=is_newer_than_the_plan(rule.since, plan.baseline_year),
    )
