"""The business calendar 開庁日: Monday to Friday 8:30–17:15 JST, no holidays, no 12/29–1/3."""

from datetime import date, datetime, time, timedelta

import jpholiday

from shared.japanese_time import JST
from shared.plan.model import Clock

OPENS = time(8, 30)
CLOSES = time(17, 15)


def is_opening_day(day: date) -> bool:
    """Whether the city hall is open on this day."""
    year_end = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < 5 and not year_end and not jpholiday.is_holiday(day)


def _next_opening_day(day: date) -> date:
    day += timedelta(days=1)
    while not is_opening_day(day):
        day += timedelta(days=1)
    return day


def counted_as_made(moment: datetime) -> datetime:
    """The moment itself within opening hours, otherwise the next opening."""
    local = moment.astimezone(JST)
    if is_opening_day(local.date()):
        if local.time() < OPENS:
            return datetime.combine(local.date(), OPENS, JST)
        if local.time() < CLOSES:
            return local
    return datetime.combine(_next_opening_day(local.date()), OPENS, JST)


def due_at(clock: Clock, start: datetime) -> datetime:
    """When this clock runs out. *n* opening days end at closing time on the n-th day after."""
    if clock.opening_days is None:
        assert clock.span is not None  # noqa: S101  a clock has one of the two
        return start + clock.span
    day = counted_as_made(start).date()
    for _ in range(clock.opening_days):
        day = _next_opening_day(day)
    return datetime.combine(day, CLOSES, JST)


def opening_time(start: datetime, end: datetime) -> timedelta:
    """How much opening time lies between two moments."""
    start, end = start.astimezone(JST), end.astimezone(JST)
    total, day = timedelta(0), start.date()
    while day <= end.date():
        if is_opening_day(day):
            opens = max(start, datetime.combine(day, OPENS, JST))
            closes = min(end, datetime.combine(day, CLOSES, JST))
            total += max(closes - opens, timedelta(0))
        day += timedelta(days=1)
    return total


def half_time(clock: Clock, start: datetime) -> datetime:
    """When half of this clock's term is over: half of its opening time, or of its span."""
    if clock.span is not None:
        return start + clock.span / 2
    begins = counted_as_made(start)
    left = opening_time(begins, due_at(clock, start)) / 2
    day = begins.date()
    while True:
        opens = max(begins, datetime.combine(day, OPENS, JST))
        open_for = datetime.combine(day, CLOSES, JST) - opens
        if left <= open_for:
            return opens + left
        left -= open_for
        day = _next_opening_day(day)
