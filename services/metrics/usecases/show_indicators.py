"""The plan's 40 rows with the figures of one fiscal year."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.counted_years import is_newer_than_the_plan
from services.metrics.domain.progress import Progress, progress_of
from services.metrics.domain.published import Status, YearCell
from services.metrics.domain.reasons import reason_of
from services.metrics.domain.values import Counted, Value, value_of
from services.metrics.storage import contributions, releases
from services.metrics.usecases.rules_in_force import rules_in_force
from shared.japanese_time import last_day_of
from shared.plan import Plan
from shared.plan.counting import CountingRule, RegisterPlusAttendance
from shared.plan.model import IndicatorRow


@dataclass(frozen=True, slots=True)
class ShownIndicator:
    """A row of the plan, its value in the year, how it was counted, where it stands and why.

    `status` follows the release that closed the year, as long as the figure is what it said.
    """

    row: IndicatorRow
    rule: CountingRule
    value: Value
    progress: Progress
    reason: str
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
    closed = await releases.closed_year(connection, year)
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
        status = _status_of(value, closed.get(row.id))
        newer = is_newer_than_the_plan(rule.since, plan.baseline_year)
        reason = reason_of(row, progress, known=value.known, masked=False, newer=newer)
        shown.append(ShownIndicator(row, rule, value, progress, reason, status))
    return shown


def _status_of(value: Value, closed: YearCell | None) -> Status:
    """A figure that has changed since the year was closed is provisional until the revision."""
    if closed is None:
        return "provisional"
    same = (value.value, value.state) == (closed.value, closed.state)
    return closed.status if same or closed.mark == "x" else "provisional"
