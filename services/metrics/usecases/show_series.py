"""Take one indicator's figure of a fiscal year apart, or list the records behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.records import Place, Record, as_shown
from services.metrics.domain.series import (
    By,
    Cell,
    Material,
    breakdowns_of,
    by_code,
    by_month,
    figure_of,
)
from services.metrics.domain.values import Value
from services.metrics.storage import material
from services.metrics.usecases.rules_in_force import rules_in_force
from shared.errors import NotFound
from shared.plan import Plan
from shared.plan.counting import ActivityDistricts, CountingRule, RegisterPlusAttendance
from shared.plan.model import IndicatorRow


@dataclass(frozen=True, slots=True)
class Series:
    """A figure and its cells; `breakdowns` says by what else it can be taken apart."""

    row: IndicatorRow
    rule: CountingRule
    total: Value
    breakdowns: tuple[By, ...]
    cells: tuple[Cell, ...]


def row_of(plan: Plan, indicator: str) -> IndicatorRow:
    """The indicator's first row in the plan. Raises NotFound."""
    for row in plan.indicators:
        if row.id == indicator:
            return row
    raise NotFound("indicator-not-found", "この指標は見つかりませんでした。")


def _codes(plan: Plan, rule: CountingRule, by: By) -> Mapping[str, str]:
    """The keys that can be there, with their labels, in the plan's order."""
    if by == "desk":
        return {agency.id: agency.name for agency in plan.agencies.values()}
    codes = plan.codes[by]
    if isinstance(rule, ActivityDistricts):
        return {code: label for code, label in codes.items() if code in rule.districts}
    return codes


def grows(rule: CountingRule) -> bool:
    """Whether figures take in what happened in years before."""
    return isinstance(rule, RegisterPlusAttendance)


async def show_series(
    connection: AsyncConnection, plan: Plan, indicator: str, year: int, by: By, today: date
) -> Series:
    """The exact figure by months, districts, age bands or desks; no cells where it has none.

    Raises NotFound for an indicator that the plan does not have.
    """
    row = row_of(plan, indicator)
    rule = (await rules_in_force(connection, plan))[indicator]
    which = material.live(indicator)
    found: Material = await material.of_year(connection, which, year, grows=grows(rule))
    total = figure_of(rule, found, year, row.decimals, today)
    possible = breakdowns_of(rule)
    cells: tuple[Cell, ...] = ()
    if by == "month":
        cells = tuple(by_month(rule, found, year, row.decimals, today))
    elif by in possible and total.value is not None:
        cells = tuple(by_code(rule, found, year, by, _codes(plan, rule, by)))
    return Series(row, rule, total, possible, cells)


async def show_records(
    connection: AsyncConnection,
    plan: Plan,
    indicator: str,
    year: int,
    after: Place | None,
    most: int,
) -> list[Record]:
    """The records behind a figure, `most` of them behind a place. Raises NotFound."""
    row_of(plan, indicator)
    await rules_in_force(connection, plan)
    found = await material.records_of_year(connection, indicator, year, after, most)
    return [as_shown(record) for record in found]
