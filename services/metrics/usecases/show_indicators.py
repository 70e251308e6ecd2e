"""The plan's 40 rows with the figures of one fiscal year."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.progress import Progress, progress_of
from services.metrics.domain.published import Status
from services.metrics.domain.values import Counted, Value, value_of
from services.metrics.storage import contributions, releases
from services.metrics.usecases.rules_in_force import rules_in_force
from shared.japanese_time import last_day_of
from shared.plan import Plan
from shared.plan.counting import CountingRule, RegisterPlusAttendance
from shared.plan.model import IndicatorRow


@dataclass(frozen=True, slots=True)
class ShownIndicator:
    """A row of the plan, its value in the year, how it was counted, and where it stands.

    `status` follows the release that closed the year.
    """

    row: IndicatorRow
    rule: CountingRule
    value: Value
    progress: Progress
    status: Status


async def show_indicators(
    connection: AsyncConnection, plan: Plan, year: int, today: date
) -> list[ShownIndicator]:
    """All rows in the plan's order; a row that is shown twice has the same value twice."""
    rules = await rules_in_force(connection, plan)
    flows = await contributions.flows_of_year(connection, year)
    districts = await contributions.districts_of_year(connection, year)
    latest = await contributions.latest_reports(connection, last_day_of(year))
    reports = await contributions.reports_of_year(connection, year)
    statuses = await releases.statuses(connection, year)
    shown = []
    for row in plan.indicators:
        rule = rules[row.id]
        since = Decimal(0)
        newest = latest.get(row.id, {})
        if isinstance(rule, RegisterPlusAttendance) and None in newest:
            since = await contributions.flow_between(
                connection, row.id, newest[None].as_of, last_day_of(year)
            )
        counted = Counted(
            flows=flows.get(row.id, {}),
            districts=districts.get(row.id, 0),
            latest=newest,
            year_reports=reports.get(row.id, ()),
            since_report=since,
        )
        value = value_of(rule, counted, year, row.decimals, today)
        progress = progress_of(row, value, year, plan.first_year, plan.target_year, today)
        shown.append(
            ShownIndicator(row, rule, value, progress, statuses.get(row.id, "provisional"))
        )
    return shown
