"""From the script to the calls that write it: deterministic, each with its own key."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from deploy.demonstration.script import (
    ActivityGroup,
    ConsultationGroup,
    Defaults,
    Figure,
    Script,
    Year,
)
from shared.japanese_time import JST

_OPENS = time(9, 0)
_MINUTES_OPEN = 7 * 60


@dataclass(frozen=True, slots=True)
class Call:
    """One POST that a desk sends once; the key makes a second try harmless."""

    desk: str
    path: str
    body: dict[str, Any]
    key: str


def calls_of(script: Script, baseline: Year, current: Year) -> list[Call]:
    """Every record of both years except those that open cases."""
    return [
        call
        for year, whole in ((baseline, True), (current, False))
        for part in (
            _consultations(script, year, whole=whole),
            _activities(script.activities, year, whole=whole),
            _figures(script.figures, year, whole=whole),
        )
        for call in part
    ]


def moment_on(day: date, number: int) -> datetime:
    """A time within opening hours; different numbers give different times."""
    return datetime.combine(day, _OPENS, JST) + timedelta(minutes=number * 37 % _MINUTES_OPEN)


def _weekday(day: date) -> date:
    """The day, or the Friday before a weekend; never out of its fiscal year."""
    friday = day - timedelta(days=max(0, day.weekday() - 4))
    return day + timedelta(days=2) if friday.month == 3 and day.month == 4 else friday


def _consultations(script: Script, year: Year, *, whole: bool) -> Iterator[Call]:
    for number, group in enumerate(script.consultations):
        count = group.baseline if whole else group.current
        for index in range(count):
            day = _weekday(year.first + timedelta(days=index * 365 // count))
            if day <= year.until:
                body = _consultation(group, script.defaults, index, moment_on(day, index))
                key = f"demo-{year.number}-consultation-{number}-{index}"
                yield Call(group.desk, "/intake/api/consultations", body, key)


def _consultation(
    group: ConsultationGroup, defaults: Defaults, index: int, received_at: datetime
) -> dict[str, Any]:
    # Each list is walked at a pace of its own, so that values do not march in step.
    def turn(values: list[str], pace: int) -> str:
        return values[(index + index // pace) % len(values)]

    topic = turn(group.topics, len(group.topics) * 3 + 1)
    others = turn(group.topics, 5)
    urgent = index % 29 == 7
    return {
        "received_at": received_at.isoformat(),
        "caller": turn(group.callers, 7),
        "channel": turn(defaults.channels, 11),
        "anonymous": index % 17 == 3,
        "repeat": index % 3 == 1,
        "age_band": turn(defaults.age_bands, 13),
        "sex": turn(defaults.sexes, 19),
        "district": turn(defaults.districts, 23),
        "household": turn(defaults.households, 31),
        "topics": [topic] if others == topic or index % 4 else [topic, others],
        "main_topic": topic,
        "urgency": "soon" if urgent else "normal",
        "response": turn(group.responses or defaults.responses, 9),
    }


def _activities(groups: list[ActivityGroup], year: Year, *, whole: bool) -> Iterator[Call]:
    for group in groups:
        total = group.baseline if whole else group.current
        held = len(group.months)
        for place, month in enumerate(group.months):
            share = total * (place + 1) // held - total * place // held
            day = date(year.number + (month < 4), month, 20)
            if share == 0 or day > year.until:
                continue
            body: dict[str, Any] = {
                "kind": group.kind,
                "held_on": day.isoformat(),
                group.measure: share,
            }
            if group.districts:
                body["district"] = group.districts[place]
            key = f"demo-{year.number}-activity-{group.kind}-{month}"
            yield Call(group.desk, "/intake/api/activities", body, key)


def _figures(figures: list[Figure], year: Year, *, whole: bool) -> Iterator[Call]:
    for figure in figures:
        values = figure.baseline if whole else figure.current
        day = year.last if whole else date(year.number, 9, 30)
        if values is None or day > year.until:
            continue
        body: dict[str, Any] = {"indicator": figure.indicator, "as_of": day.isoformat()} | values
        if figure.part is not None:
            body["part"] = figure.part
        key = f"demo-{year.number}-figure-{figure.indicator}-{figure.part or 'whole'}"
        yield Call(figure.desk, "/intake/api/figures", body, key)
