"""The plan's indicators recounted by hand from a list of events: slowly, and in plain words.

It is written from the plan's own definitions and shares nothing with the service: no rules as
data, no facts, no contributions.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.messaging.event import Event

COUNCIL = {"csw", "shakyo-chiiki", "shakyo-sogo", "shakyo-volunteer", "shakyo-kenri"}
VIOLENCE = {"child-abuse", "elder-abuse", "disability-abuse", "dv"}
SIX = {"east", "west", "south", "north", "northeast", "southwest"}
GOOD_ENDS = {"resolved", "partly-resolved", "service-started", "employed", "watching"}

#: Indicator to kind of activity, what is added, and whether the council's desks record it.
ACTIVITIES = {
    "liaison-meetings": ("liaison-meeting", "quantity", True),
    "group-exchange-events": ("group-exchange", "quantity", True),
    "donations": ("donation", "amount", True),
    "volunteer-courses": ("volunteer-course", "quantity", True),
    "disaster-volunteer-training": ("disaster-volunteer-training", "quantity", True),
    "lecture-attendance": ("welfare-lecture", "attendance", False),
    "welfare-education": ("welfare-education", "quantity", True),
    "outreach-lectures": ("outreach-lecture", "quantity", True),
    "guardianship-awareness": ("guardianship-awareness", "quantity", True),
    "disability-awareness": ("disability-awareness", "quantity", False),
    "exchange-events": ("resident-exchange", "quantity", True),
    "consultation-events": ("consultation-event", "quantity", True),
    "information-releases": ("information-release", "quantity", True),
    "watch-awareness": ("watch-awareness", "quantity", True),
    "aihato-uses": ("aihato-use", "quantity", True),
}
LAST_VALUES = (
    *("volunteer-hosts", "aihato-members", "guardianship-appointments"),
    *("assisted-living-users", "watch-service-users", "probation-officers"),
)
YEARLY_RATIOS = ("training-satisfaction", "housing-satisfaction")
LAST_STATES = ("integrated-support-system", "guardianship-core-agency")
CONSULTATIONS = (
    *("csw-consultations", "group-consultations", "volunteer-consultations"),
    *("resident-activity-consultations", "welfare-consultations", "shakyo-consultations"),
    *("hardship-consultations", "hardship-support"),
)


def _topics_of(group: str) -> set[str]:
    path = Path(__file__).parents[2] / "deploy/plans/asaka/topics.csv"
    with path.open(encoding="utf-8") as file:
        return {row["id"] for row in csv.DictReader(file) if row["group"] == group}


HARDSHIP = _topics_of("hardship")
RESIDENT_ACTIVITY = _topics_of("resident-activity")


@dataclass
class Figure:
    """What an indicator must show in a year."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    state: str | None = None


@dataclass
class Mark:
    """One consultation or leg that counts for an indicator."""

    day: date
    desk: str
    part: str | None = None
    district: str | None = None
    age_band: str | None = None


@dataclass
class Leg:
    """What has become of a leg."""

    consultation: UUID
    receiver: str
    accepted: date | None = None
    closed: date | None = None
    outcome: str | None = None
    void: bool = False


@dataclass
class City:
    """How everything stands after all events."""

    consultations: dict[UUID, Any] = field(default_factory=dict)
    legs: dict[UUID, Leg] = field(default_factory=dict)
    activities: list[Any] = field(default_factory=list)
    figures: list[Any] = field(default_factory=list)
    conferences: list[Any] = field(default_factory=list)
    #: Also those that were cancelled: their legs may have ended well all the same.
    ever_told: dict[UUID, Any] = field(default_factory=dict)


def in_japan(moment: datetime) -> date:
    """The day on the clocks of Japan."""
    return (moment.astimezone(moment.tzinfo) - moment.utcoffset() + timedelta(hours=9)).date()  # type: ignore[operator]


def year_of(day: date) -> int:
    """April to March."""
    return day.year if (day.month, day.day) >= (4, 1) else day.year - 1


def stand(events: Iterable[Event]) -> City:
    """Read every event once, whatever its log."""
    city, seen = City(), set[UUID]()
    newest: dict[UUID, tuple[int, str, Any]] = {}
    gone: set[UUID] = set()
    for event in events:
        if event.id in seen:
            continue
        seen.add(event.id)
        name, told = type(event.data).__name__, event.data
        if name.startswith(("Consultation", "Activity", "Figure")):
            if "Cancelled" in name:
                gone.add(event.subject)
            else:
                newest[event.subject] = (told.revision, name, told)  # type: ignore[attr-defined]
        elif name == "ConferenceHeldV1":
            newest[event.subject] = (1, name, told)
        elif name == "ConferenceCancelledV1":
            gone.add(event.subject)
        else:
            _of_leg(city, name, told, in_japan(event.time))
    for subject, (_, name, told) in newest.items():
        if name.startswith("Consultation"):
            city.ever_told[subject] = told
        if subject in gone:
            continue
        if name.startswith("Consultation"):
            city.consultations[subject] = told
        elif name.startswith("Activity"):
            city.activities.append(told)
        elif name.startswith("Figure"):
            city.figures.append(told)
        else:
            city.conferences.append(told)
    return city


def _of_leg(city: City, name: str, told: Any, day: date) -> None:
    leg = city.legs.setdefault(told.referral_id, Leg(told.consultation_id, told.receiver))
    if name == "ReferralOfferedV1":
        leg.closed = leg.outcome = None
    elif name == "ReferralAcceptedV1" and leg.accepted is None:
        leg.accepted = day
    elif name == "ReferralClosedV1":
        leg.closed, leg.outcome = day, told.outcome
    elif name == "ReferralSucceededV1" and leg.accepted is None:
        leg.receiver = told.receiver
    elif name == "ReferralVoidedV1":
        leg.void = True


def marks(city: City) -> dict[str, list[Mark]]:
    """Every consultation and leg that counts, by indicator."""
    found: dict[str, list[Mark]] = defaultdict(list)
    for subject, told in city.consultations.items():
        legs = [leg for leg in city.legs.values() if leg.consultation == subject and not leg.void]
        for indicator, day in _days(told, legs):
            mark = Mark(day, told.desk)
            if not VIOLENCE & set(told.topics):
                mark.district, mark.age_band = told.district, told.age_band
            found[indicator].append(mark)
    for leg in city.legs.values():
        part = {"seikatsu-engo": "public-assistance", "shogai-shuro": "disability"}
        if not leg.void and leg.outcome == "employed" and leg.closed and leg.receiver in part:
            mark = Mark(leg.closed, leg.receiver, part[leg.receiver])
            about = city.ever_told.get(leg.consultation)
            if about is not None and not VIOLENCE & set(about.topics):
                mark.district, mark.age_band = about.district, about.age_band
            found["new-workers"].append(mark)
    return found


def _days(told: Any, legs: Sequence[Leg]) -> Iterable[tuple[str, date]]:
    """The indicators in which a consultation counts, and on which day."""
    received, topics = in_japan(told.received_at), set(told.topics)
    at_council = told.desk in COUNCIL
    by_csw = [leg.accepted for leg in legs if leg.receiver == "csw" and leg.accepted]
    if told.desk == "csw":
        yield "csw-consultations", received
    elif by_csw:
        yield "csw-consultations", min(by_csw)
    if at_council and told.caller in {"welfare-group", "residents-association"}:
        yield "group-consultations", received
    if told.desk == "shakyo-volunteer":
        yield "volunteer-consultations", received
    if at_council and topics & RESIDENT_ACTIVITY:
        yield "resident-activity-consultations", received
    if told.desk == "chiiki-kyosei":
        yield "welfare-consultations", received
    if told.desk == "shakyo-sogo":
        yield "shakyo-consultations", received
    if at_council and topics & HARDSHIP:
        yield "hardship-consultations", received
    if topics & HARDSHIP:
        days = [received] if at_council and told.response == "aid" else []
        days += [
            leg.closed
            for leg in legs
            if leg.receiver in COUNCIL and leg.closed and leg.outcome in GOOD_ENDS
        ]
        if days:
            yield "hardship-support", min(days)


def _rounded(numerator: Decimal, denominator: Decimal, decimals: int) -> Decimal:
    exact = Fraction(numerator) / Fraction(denominator) * 100 * 10**decimals
    return Decimal(floor(exact + Fraction(1, 2))) / 10**decimals


def recount(city: City, year: int) -> dict[str, Figure]:
    """Every indicator of the plan in one fiscal year that has ended."""
    found: dict[str, Figure] = {}
    counted = marks(city)
    for indicator in CONSULTATIONS:
        number = sum(year_of(mark.day) == year for mark in counted[indicator])
        found[indicator] = Figure(Decimal(number))
    if year < 2025:  # CSW began in July 2025
        found["csw-consultations"] = Figure()
    _add_activities(city, year, found)
    _add_figures(city, year, found)
    _add_workers(city, year, counted["new-workers"], found)
    return found


def _add_activities(city: City, year: int, found: dict[str, Figure]) -> None:
    of_year = [one for one in city.activities if year_of(one.held_on) == year]
    for indicator, (kind, measure, by_council) in ACTIVITIES.items():
        numbers = [
            getattr(one, measure) or 0
            for one in of_year
            if one.kind == kind and (one.desk in COUNCIL) == by_council
        ]
        found[indicator] = Figure(Decimal(sum(numbers)))
    met = [
        one
        for one in city.conferences
        if year_of(one.held_on) == year and COUNCIL & {one.convener, *one.agencies}
    ]
    meetings = found["liaison-meetings"]
    assert meetings.value is not None
    meetings.value += len(met)
    assessed = {
        one.district for one in of_year if one.kind == "area-assessment" and one.desk in COUNCIL
    }
    found["area-assessments"] = Figure(Decimal(len(assessed & SIX)))


def _newest(city: City, indicator: str, year: int, part: str | None = None) -> Any:
    reports = [
        one
        for one in city.figures
        if one.indicator == indicator and one.part == part and year_of(one.as_of) <= year
    ]
    return max(reports, key=lambda one: one.as_of, default=None)


def _add_figures(city: City, year: int, found: dict[str, Figure]) -> None:
    for indicator in LAST_VALUES:
        newest = _newest(city, indicator, year)
        found[indicator] = Figure() if newest is None else Figure(newest.value)
    for indicator in LAST_STATES:
        newest = _newest(city, indicator, year)
        found[indicator] = Figure() if newest is None else Figure(state=newest.state)
    parts = [_newest(city, "active-groups", year, p) for p in ("subsidised", "gathering-places")]
    both = None not in parts
    found["active-groups"] = Figure(sum(one.value for one in parts)) if both else Figure()
    register = _newest(city, "dementia-supporters", year)
    found["dementia-supporters"] = Figure()
    if register is not None:
        came = [
            one.attendance or 0
            for one in city.activities
            if one.kind == "dementia-supporter-course"
            and one.desk not in COUNCIL
            and one.held_on > register.as_of
            and year_of(one.held_on) <= year
        ]
        found["dementia-supporters"] = Figure(register.value + sum(came))
    newest = _newest(city, "public-assistance-rate", year)
    found["public-assistance-rate"] = _ratio([] if newest is None else [newest], 2)
    for indicator in YEARLY_RATIOS:
        reports = [
            one for one in city.figures if one.indicator == indicator and year_of(one.as_of) == year
        ]
        found[indicator] = _ratio(reports, 0)


def _ratio(reports: Sequence[Any], decimals: int) -> Figure:
    if not reports:
        return Figure()
    numerator = sum(one.numerator for one in reports)
    denominator = sum(one.denominator for one in reports)
    return Figure(_rounded(numerator, denominator, decimals), numerator, denominator)


def _add_workers(city: City, year: int, ended: Sequence[Mark], found: dict[str, Figure]) -> None:
    total = Decimal(0)
    for part in ("public-assistance", "disability", "silver"):
        reported = [
            one.value
            for one in city.figures
            if one.indicator == "new-workers" and one.part == part and year_of(one.as_of) == year
        ]
        legs = sum(mark.part == part and year_of(mark.day) == year for mark in ended)
        total += sum(reported) if reported else legs
    found["new-workers"] = Figure(total)
