"""Gather the exact figures of a period, as a release needs them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.disclosure.series import Counts, Part
from services.metrics.domain.flow import FlowCounts, flow_of, month_of, unmet_by_topic
from services.metrics.domain.periods import Period
from services.metrics.domain.published import Freshness
from services.metrics.domain.releasing import PROTECTED, UNKNOWN
from services.metrics.domain.values import Counted, Reported, Value, value_of
from services.metrics.storage import closing, contributions, flow
from shared.plan import SHIELDED_TOPICS, Plan
from shared.plan.counting import (
    ActivitySum,
    CountingRule,
    RegisterPlusAttendance,
    ReportedOrClosed,
)

_PARTS: tuple[Part, ...] = ("district", "age_band")


@dataclass(frozen=True, slots=True)
class Gathered:
    """The exact figures: `counts` of protected indicators, `months` of activities, the flow."""

    values: Mapping[str, Value]
    months: Mapping[str, Mapping[str, Decimal]]
    counts: Mapping[str, Counts]
    flow: Mapping[tuple[str, str], FlowCounts]
    unmet: Mapping[str, Counts]
    fresh: list[Freshness]


async def gather_figures(
    connection: AsyncConnection,
    plan: Plan,
    rules: Mapping[str, CountingRule],
    period: Period,
    today: date,
) -> Gathered:
    """Everything counted to the end of the period, or to today if that comes first."""
    year, until, months = period.fiscal_year, period.until(today), period.months(today)
    flows = await closing.flows_until(connection, year, until, "month")
    cuts = {part: await closing.flows_until(connection, year, until, part) for part in _PARTS}
    districts = await closing.districts_until(connection, year, until)
    latest = await contributions.latest_reports(connection, until)
    reports = await closing.reports_until(connection, year, until)
    values: dict[str, Value] = {}
    counts: dict[str, Counts] = {}
    activities: dict[str, Mapping[str, Decimal]] = {}
    for row in plan.indicators:
        if row.same_as is not None:
            continue
        rule, sums = rules[row.id], flows.get(row.id, {})
        newest = latest.get(row.id, {})
        since = Decimal(0)
        if isinstance(rule, RegisterPlusAttendance) and None in newest:
            day = newest[None].as_of
            since = await contributions.flow_between(connection, row.id, day, until)
        counted = Counted(
            flows=_by_part(sums),
            districts=districts.get(row.id, 0),
            latest=newest,
            year_reports=reports.get(row.id, ()),
            since_report=since,
        )
        values[row.id] = value_of(rule, counted, year, row.decimals, until)
        by_month = _by_month(rule, sums, reports.get(row.id, ()), months)
        if row.kind in PROTECTED and values[row.id].value is not None:
            broken = period.whole_year and not isinstance(rule, ReportedOrClosed)
            parts: dict[Part, dict[str, int]] = {
                part: _known(plan, part, cut.get(row.id, {})) for part, cut in cuts.items()
            }
            whole = {month: int(total) for month, total in by_month.items()}
            counts[row.id] = Counts(whole, parts if broken else {}, rule.version)
        elif isinstance(rule, ActivitySum):
            activities[row.id] = by_month
    needs = unmet_by_topic(await flow.needs_unmet(connection, year), year, until)
    return Gathered(
        values=values,
        months=activities,
        counts=counts,
        flow=flow_of(await flow.legs_offered(connection, year), year, until),
        unmet={
            topic: Counts({month: needs.get(topic, {}).get(month, 0) for month in months})
            for topic in [*plan.topics, *sorted(needs.keys() - plan.topics.keys())]
            if topic not in SHIELDED_TOPICS
        },
        fresh=await closing.freshness(connection),
    )


def _by_part(sums: closing.Sums) -> dict[str | None, Decimal]:
    found: dict[str | None, Decimal] = {}
    for (part, _), total in sums.items():
        found[part] = found.get(part, Decimal(0)) + total
    return found


def _by_month(
    rule: CountingRule, sums: closing.Sums, reports: list[Reported] | tuple[()], months: list[str]
) -> dict[str, Decimal]:
    """The figure by month; a part that was reported counts in the months of its reports."""
    found = dict.fromkeys(months, Decimal(0))
    reported = {one.part for one in reports} if isinstance(rule, ReportedOrClosed) else set()
    for (part, month), total in sums.items():
        if month is not None and part not in reported:
            found[month] += total
    if isinstance(rule, ReportedOrClosed):
        for one in reports:
            found[month_of(one.as_of)] += one.value or Decimal(0)
    return found


def _known(plan: Plan, part: Part, sums: closing.Sums) -> dict[str, int]:
    """The counts of every code of the plan's list, those not known left out."""
    totals: dict[str | None, Decimal] = {}
    for (_, key), total in sums.items():
        totals[key] = totals.get(key, Decimal(0)) + total
    codes = [code for code in plan.codes[part] if code != UNKNOWN]
    return {code: int(totals.get(code, 0)) for code in codes}
