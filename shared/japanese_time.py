"""Days and fiscal years in Japan: pure functions of a given moment."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")
_WEEKDAYS = "月火水木金土日"


def japanese_day(moment: datetime) -> date:
    """The day in Japan on which something happened."""
    return moment.astimezone(JST).date()


def on_day(moment: datetime, day: date) -> datetime:
    """The same time of the day in Japan, on this day."""
    if japanese_day(moment) == day:
        return moment
    return datetime.combine(day, moment.astimezone(JST).timetz())


def fiscal_year_of(day: date) -> int:
    """The fiscal year (April to March), named for the calendar year in which it begins."""
    return day.year if day.month >= 4 else day.year - 1


def last_day_of(year: int) -> date:
    """The last day of a fiscal year."""
    return date(year + 1, 3, 31)


def kept_since(now: datetime, years: int) -> datetime:
    """What was finished before this moment has been kept for so many whole fiscal years.

    Years of keeping (保存年限) count from 1 April after the fiscal year in which it was finished.
    """
    return datetime(fiscal_year_of(japanese_day(now)) - years, 4, 1, tzinfo=JST)


def written_day(day: date) -> str:
    """A day as people read it: 2026年4月1日（水）."""
    return f"{day.year}年{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"


def written(moment: datetime) -> str:
    """A moment as people read it: 2026年4月1日（水）9:05."""
    local = moment.astimezone(JST)
    return f"{written_day(local.date())}{local.hour}:{local.minute:02d}"
