"""One indicator's figure of a fiscal year taken apart: by month, district, age band or desk."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from services.metrics.domain.values import Counted, Reported, Value, value_of
from shared.japanese_time import fiscal_year_of, last_day_of
from shared.plan.counting import (
    STANDING,
    ActivityDistricts,
    CountingRule,
    RatioSum,
    ReportedOrClosed,
)

By = Literal["month", "district", "age_band", "desk"]


@dataclass(frozen=True, slots=True)
class Flow:
    """What was counted on one day, by everything that it can be taken apart by."""

    day: date
    part: str | None
    desk: str | None
    district: str | None
    age_band: str | None
    shielded: bool
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Material:
    """All that one indicator's figures of a year are made of.

    `flows` are those of the year; for a register that grows, those since its newest report
    too. `reports` are all in or before the year, the oldest first.
    """

    flows: Sequence[Flow] = ()
    reports: Sequence[Reported] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a breakdown. `key` is a month (`2026-04`) or a code.

    None as key: the records do not say it. `left-out` as key: consultations about violence,
    which are in the total and in no breakdown by district or age.
    """

    key: str | None
    value: Value


#: The key of what counts in the total alone.
LEFT_OUT = "left-out"


def breakdowns_of(rule: CountingRule) -> tuple[By, ...]:
    """By what a figure of this rule can be taken apart."""
    if isinstance(rule, (RatioSum, *STANDING)):
        return ("month",)
    if isinstance(rule, ActivityDistricts):
        return ("month", "district", "desk")
    return ("month", "district", "age_band", "desk")


def months_of(year: int) -> list[tuple[date, date]]:
    """The first and last days of a fiscal year's twelve months."""
    begins = [date(year + (month < 4), month, 1) for month in (*range(4, 13), *range(1, 4))]
    ends = [day - timedelta(days=1) for day in begins[1:]] + [last_day_of(year)]
    return list(zip(begins, ends, strict=True))


def figure_of(
    rule: CountingRule, material: Material, year: int, decimals: int, today: date
) -> Value:
    """The figure of the whole year."""
    return _up_to(rule, material, year, last_day_of(year), decimals, today)


def _up_to(
    rule: CountingRule, material: Material, year: int, until: date, decimals: int, today: date
) -> Value:
    """The figure as it stood at the end of a day of the year."""
    reports = [one for one in material.reports if one.as_of <= until]
    latest = {one.part: one for one in reports}
    flows: dict[str | None, Decimal] = defaultdict(Decimal)
    since = Decimal(0)
    whole = latest.get(None)
    for flow in material.flows:
        if flow.day > until:
            continue
        if fiscal_year_of(flow.day) == year:
            flows[flow.part] += flow.quantity
        if whole is not None and flow.day > whole.as_of:
            since += flow.quantity
    counted = Counted(
        flows=flows,
        districts=len(_first_days(material, until)),
        latest=latest,
        year_reports=[one for one in reports if fiscal_year_of(one.as_of) == year],
        since_report=since,
    )
    return value_of(rule, counted, year, decimals, min(until, today))


def _first_days(material: Material, until: date) -> dict[str, Flow]:
    """The first flow of each district."""
    firsts: dict[str, Flow] = {}
    for flow in material.flows:
        if flow.district is not None and flow.day <= until:
            known = firsts.get(flow.district)
            if known is None or flow.day < known.day:
                firsts[flow.district] = flow
    return firsts


def by_month(
    rule: CountingRule, material: Material, year: int, decimals: int, today: date
) -> Iterator[Cell]:
    """Twelve cells. What adds up adds up to the year; what stands is shown as each month ends.

    A month that has not begun has no value, and neither has one of a year without.
    """
    known = figure_of(rule, material, year, decimals, today)
    for begins, ends in months_of(year):
        key = f"{begins:%Y-%m}"
        if begins > today:
            yield Cell(key, Value())
        elif isinstance(rule, STANDING):
            yield Cell(key, _up_to(rule, material, year, ends, decimals, today))
        elif isinstance(rule, RatioSum):
            own = [one for one in material.reports if begins <= one.as_of <= ends]
            yield Cell(key, value_of(rule, Counted(year_reports=own), year, decimals, today))
        elif known.value is None:
            yield Cell(key, Value())
        else:
            flows = _adding_up(rule, material, year)
            total = sum(
                (flow.quantity for flow in flows if begins <= flow.day <= ends), start=Decimal(0)
            )
            yield Cell(key, Value(total))


def _adding_up(rule: CountingRule, material: Material, year: int) -> list[Flow]:
    """What adds up to the year's figure: a reported part in the place of what was counted."""
    if isinstance(rule, ActivityDistricts):
        return list(_first_days(material, last_day_of(year)).values())
    if not isinstance(rule, ReportedOrClosed):
        return list(material.flows)
    reports = [one for one in material.reports if fiscal_year_of(one.as_of) == year]
    reported = {one.part for one in reports}
    counted = {part.part for part in rule.parts} - reported
    return [flow for flow in material.flows if flow.part in counted] + [
        Flow(one.as_of, one.part, None, None, None, False, one.value or Decimal(0))
        for one in reports
    ]


def by_code(
    rule: CountingRule, material: Material, year: int, by: By, codes: Mapping[str, str]
) -> Iterator[Cell]:
    """A cell for each code in its list's order; then what no record says, and what is left out.

    Agencies are many: of desks only those that counted something are there.
    """
    sums: dict[str | None, Decimal] = defaultdict(Decimal)
    for flow in _adding_up(rule, material, year):
        hidden = flow.shielded and by in ("district", "age_band")
        sums[LEFT_OUT if hidden else getattr(flow, by)] += flow.quantity
    wanted: list[str | None] = [code for code in codes if by != "desk" or code in sums]
    former = [code for code in sums if code not in (None, LEFT_OUT) and code not in codes]
    last = [key for key in (None, LEFT_OUT) if key in sums]
    for key in [*wanted, *sorted(former, key=str), *last]:
        yield Cell(key, Value(sums.get(key, Decimal(0))))
