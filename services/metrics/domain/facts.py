"""Facts, as the events tell them: one of each for a consultation, a leg, an activity, a figure."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from shared.japanese_time import japanese_day


@dataclass(frozen=True, slots=True)
class ConsultationFact:
    """A consultation as its newest revision tells it."""

    id: UUID
    revision: int
    cancelled: bool
    desk: str
    received_on: date
    caller: str
    age_band: str
    district: str
    topics: tuple[str, ...]
    main_topic: str
    response: str


@dataclass(frozen=True, slots=True)
class LegFact:
    """A leg as far as its events were read. `accepted_on` is the day of the first acceptance.

    `overdue_at` is when the term to answer ran out, `confirmed_at` when the person came.
    """

    id: UUID
    consultation_id: UUID
    case_id: UUID
    sender: str
    receiver: str
    lead: bool
    state: str
    offered_at: datetime | None = None
    accepted_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    returns: int = 0
    confirmed_at: datetime | None = None
    overdue_at: datetime | None = None

    @property
    def accepted_on(self) -> date | None:
        """The day in Japan on which it was accepted for the first time."""
        return None if self.accepted_at is None else japanese_day(self.accepted_at)

    @property
    def closed_on(self) -> date | None:
        """The day in Japan on which it was closed; None while it is not."""
        return None if self.closed_at is None else japanese_day(self.closed_at)


@dataclass(frozen=True, slots=True)
class ActivityFact:
    """An activity as its newest revision tells it."""

    id: UUID
    revision: int
    cancelled: bool
    desk: str
    kind: str
    held_on: date
    district: str | None
    quantity: int
    attendance: int | None
    amount: int | None


@dataclass(frozen=True, slots=True)
class ConferenceFact:
    """A conference, and who took part. One that was cancelled counts nowhere."""

    id: UUID
    cancelled: bool
    kind: str
    held_on: date
    convener: str
    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FigureFact:
    """A reported figure as its newest revision tells it."""

    id: UUID
    revision: int
    cancelled: bool
    indicator: str
    part: str | None
    as_of: date
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    state: str | None
