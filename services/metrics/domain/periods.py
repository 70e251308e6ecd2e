"""What a release is about: a month or a fiscal year, over or not, for the first time or again."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from services.metrics.domain.flow import month_of
from services.metrics.domain.published import Status
from shared.errors import InvalidInput
from shared.japanese_time import fiscal_year_of, last_day_of

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"20[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Period:
    """`name` is a month (`2026-10`) or a fiscal year (`2025`); both days belong to it."""

    name: str
    first: date
    last: date

    @property
    def fiscal_year(self) -> int:
        """The fiscal year that it is, or is in."""
        return fiscal_year_of(self.first)

    @property
    def whole_year(self) -> bool:
        """Whether it is a fiscal year."""
        return len(self.name) == 4

    def until(self, today: date) -> date:
        """The last day that can be counted: its own, or today."""
        return min(self.last, today)

    def over(self, today: date) -> bool:
        """Whether nothing more happens in it."""
        return today > self.last

    def months(self, today: date) -> list[str]:
        """The months of the fiscal year up to its end, or up to today."""
        end = self.until(today)
        months = []
        day = date(self.fiscal_year, 4, 1)
        while day <= end:
            months.append(month_of(day))
            day = (day + timedelta(days=31)).replace(day=1)
        return months


def read_period(name: str) -> Period:
    """The period with this name. Raises InvalidInput for anything else."""
    if _YEAR.fullmatch(name):
        year = int(name)
        return Period(name, date(year, 4, 1), last_day_of(year))
    found = _MONTH.fullmatch(name)
    if found is None:
        raise InvalidInput.field(
            "period",
            code="unknown-period",
            detail="期間は、月なら「2026-10」、年度なら「2025」のように書いてください。",
        )
    first = date(int(found[1]), int(found[2]), 1)
    return Period(name, first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def check_period(period: Period, today: date, *, unfinished: bool) -> None:
    """Refuse a period that has not begun, or one not over without saying so."""
    if today < period.first:
        raise InvalidInput.field(
            "period",
            code="period-in-future",
            detail="まだ始まっていない期間は公表できません。",
        )
    if not period.over(today) and not unfinished:
        raise InvalidInput.field(
            "unfinished",
            code="period-not-over",
            detail="この期間はまだ終わっていません。途中の数を公表するときは、"
            "「まだ終わっていない期間を、途中の速報として公表する」を選んでください。",
        )


def next_status(before: Status | None, *, over: bool, reason: str | None) -> Status:
    """The status of the next release of a period, after the last one's. Raises InvalidInput."""
    if not over:
        return "provisional"
    if before in (None, "provisional"):
        return "final"
    if reason is None:
        raise InvalidInput.field(
            "reason",
            code="reason-required",
            detail="この期間は確定しています。訂正として公表する理由を書いてください。",
        )
    return "revised"
