"""How everything stands after a list of events, read by hand, for the recount."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.messaging.event import Event


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
