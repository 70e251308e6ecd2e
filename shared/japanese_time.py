"""Days and fiscal years in Japan: pure functions of a given moment."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")
_WEEKDAYS = "月火水木金土日"


def japanese_day(moment: datetime) -> date:
    """The day in Japan on which something happened."""
    return moment.astimezone(JST).date()


def fiscal_year_of(day: date) -> int:
    """The fiscal year (April to March), named for the calendar year in which it begins."""
    return day.year if day.month >= 4 else day.year - 1


def last_day_of(year: int) -> date:
    """The last day of a fiscal year."""
    return date(year + 1, 3, 31)


def written(moment: datetime) -> str:
    """A moment as people read it: 2026年4月1日（水）9:05."""
    local = moment.astimezone(JST)
    weekday = _WEEKDAYS[local.weekday()]
    return f"{local.year}年{local.month}月{local.day}日（{weekday}）{local.hour}:{local.minute:02d}"


def written_day(day: date) -> str:
    """A day as people read it: 2026年4月1日（水）."""
    return f"{day.year}年{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"
