"""An activity 活動: a meeting, a lecture, a donation, counted by quantity, attendance or amount."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from shared.errors import FieldFault
from shared.japanese_time import fiscal_year_of, japanese_day
from shared.plan import Plan
from shared.plan.counting import ActivityDistricts, ActivitySum, RegisterPlusAttendance

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


_NEEDED = {
    "amount": "この種類の活動は金額で数えます。金額を書いてください。",
    "attendance": "この種類の活動は参加した人数で数えます。人数を書いてください。",
    "district": "この種類の活動は市内の地区の数で数えます。地区を選んでください。",
}


def _uncounted(facts: ActivityFacts, plan: Plan) -> Iterator[FieldFault]:
    """Why no rule that counts activities of this kind could count this one."""
    needed: list[str] = []
    for rule in plan.rules.values():
        match rule:
            case ActivitySum(activity=kind, measure=measure) if kind == facts.kind:
                name, counts = str(measure), getattr(facts, measure) is not None
            case ActivityDistricts(activity=kind, districts=districts) if kind == facts.kind:
                name, counts = "district", facts.district in districts
            case RegisterPlusAttendance(activity=kind) if kind == facts.kind:
                name, counts = "attendance", facts.attendance is not None
            case _:
                continue
        if counts:
            return
        needed.append(name)
    if needed:
        yield FieldFault((needed[0],), "not-counted", _NEEDED[needed[0]])


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
    yield from _uncounted(facts, plan)
