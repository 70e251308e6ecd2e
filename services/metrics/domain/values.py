"""From contributions to the value of an indicator in a fiscal year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from shared.japanese_time import last_day_of
from shared.plan.counting import (
    ActivityDistricts,
    ConsultationsOrAccepted,
    CountingRule,
    RatioLast,
    RatioSum,
    RegisterLast,
    RegisterPlusAttendance,
    RegisterSum,
    ReportedOrClosed,
    StateLast,
)


@dataclass(frozen=True, slots=True)
class Reported:
    """A reported figure."""

    part: str | None
    as_of: date
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted for one indicator up to the end of a fiscal year.

    `flows` is the year's sum by part, `latest` the newest report by part in or before the year,
    `year_reports` those of the year, `districts` the different ones of the year's flows, and
    `since_report` the flow after the newest report's day, years before included.
    """

    flows: Mapping[str | None, Decimal] = field(default_factory=dict)
    districts: int = 0
    latest: Mapping[str | None, Reported] = field(default_factory=dict)
    year_reports: Sequence[Reported] = ()
    since_report: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Value:
    """An indicator's value. None is "not known", which is another thing than a counted 0."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    state: str | None = None
    as_of: date | None = None

    @property
    def known(self) -> bool:
        """Whether there is a figure or a word."""
        return self.value is not None or self.state is not None


def _ratio(numerator: Decimal, denominator: Decimal, scale: int, decimals: int) -> Decimal | None:
    """The ratio in the plan's unit, rounded half up to the plan's decimals."""
    if denominator == 0:
        return None
    step = Decimal(1).scaleb(-decimals)
    return (numerator * scale / denominator).quantize(step, ROUND_HALF_UP)


def value_of(rule: CountingRule, counted: Counted, year: int, decimals: int, today: date) -> Value:
    """The value of an indicator at the end of a fiscal year, or today within it.

    A year that has not begun has none.
    """
    if today < date(year, 4, 1):
        return Value()
    until = min(last_day_of(year), today)
    whole = counted.latest.get(None)
    match rule:
        case RegisterLast():
            return Value() if whole is None else Value(whole.value, as_of=whole.as_of)
        case StateLast():
            return Value() if whole is None else Value(state=whole.state, as_of=whole.as_of)
        case RegisterSum(parts=parts):
            found = [counted.latest[part] for part in parts if part in counted.latest]
            if len(found) < len(parts):
                return Value()
            total = sum((report.value or Decimal(0) for report in found), Decimal(0))
            return Value(total, as_of=min(report.as_of for report in found))
        case RegisterPlusAttendance():
            if whole is None or whole.value is None:
                return Value()
            return Value(whole.value + counted.since_report, as_of=until)
        case RatioSum(scale=scale):
            return _sum_ratio(counted.year_reports, scale, decimals)
        case RatioLast(scale=scale):
            return Value() if whole is None else _sum_ratio([whole], scale, decimals)
        case ReportedOrClosed():
            return Value(_reported_or_closed(rule, counted), as_of=until)
        case ActivityDistricts():
            return Value(Decimal(counted.districts), as_of=until)
        case ConsultationsOrAccepted(placed_on=placed) if last_day_of(year) < placed:
            return Value()
        case _:
            return Value(counted.flows.get(None, Decimal(0)), as_of=until)


def _sum_ratio(reports: Sequence[Reported], scale: int, decimals: int) -> Value:
    if not reports:
        return Value()
    numerator = sum((report.numerator or Decimal(0) for report in reports), Decimal(0))
    denominator = sum((report.denominator or Decimal(0) for report in reports), Decimal(0))
    return Value(
        _ratio(numerator, denominator, scale, decimals),
        numerator,
        denominator,
        as_of=max(report.as_of for report in reports),
    )


def _reported_or_closed(rule: ReportedOrClosed, counted: Counted) -> Decimal:
    total = Decimal(0)
    for part in rule.parts:
        reports = [report for report in counted.year_reports if report.part == part.part]
        if reports:
            total += sum((report.value or Decimal(0) for report in reports), Decimal(0))
        else:
            total += counted.flows.get(part.part, Decimal(0))
    return total
