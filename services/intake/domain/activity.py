"""An activity 活動: a meeting, a lecture, a donation, counted by quantity, attendance or amount."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from shared.errors import FieldFault
from shared.japanese_time import fiscal_year_of, japanese_day
from shared.plan import Plan

MOST = 1_000_000
MOST_YEN = 100_000_000_000
EARLIEST_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """`quantity` is a number of times or items, `attendance` of persons, `amount` of yen."""

    kind: str
    held_on: date
    district: str | None
    quantity: int
    attendance: int | None
    amount: int | None

    @property
    def fiscal_year(self) -> int:
        """The fiscal year (April to March) of the day it was held."""
        return fiscal_year_of(self.held_on)


def day_faults(name: str, day: date, now: datetime) -> Iterator[FieldFault]:
    """Why a day cannot be taken: before 2000, or after today in Japan."""
    if day < EARLIEST_DAY:
        yield FieldFault((name,), "too-early", "2000年より前の日付は書けません。")
    if day > japanese_day(now):
        yield FieldFault((name,), "in-the-future", "日付が未来になっています。")


def activity_faults(facts: ActivityFacts, plan: Plan, now: datetime) -> Iterator[FieldFault]:
    """Every reason why this activity cannot be taken, each naming its field."""
    if facts.kind not in plan.codes["activity"]:
        yield FieldFault(("kind",), "unknown-code", "一覧にない活動の種類です。")
    yield from day_faults("held_on", facts.held_on, now)
    if facts.district is not None and facts.district not in plan.codes["district"]:
        yield FieldFault(("district",), "unknown-code", "一覧にない地区です。")
    limits = (
        ("quantity", facts.quantity, MOST),
        ("attendance", facts.attendance, MOST),
        ("amount", facts.amount, MOST_YEN),
    )
    for name, number, most in limits:
        if number is not None and not 0 <= number <= most:
            yield FieldFault((name,), "out-of-range", f"0から{most:,}までの数で書いてください。")
