"""A case 支援ケース and its legs つなぎ, as values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.plan import SHIELDED_TOPICS


class LegState(StrEnum):
    """Where a leg stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    SUPPORTING = "supporting"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    HANDED_ON = "handed-on"
    CLOSED = "closed"
    VOID = "void"


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    COMPLETED = "completed"
    SUSPENDED = "suspended"
    VOID = "void"


#: A leg in one of these states is on its way or at work.
LIVE = frozenset({LegState.OFFERED, LegState.ACCEPTED, LegState.SUPPORTING})
#: A leg whose receiver has taken it and has not ended it.
AT_WORK = frozenset({LegState.ACCEPTED, LegState.SUPPORTING})


@dataclass(frozen=True, slots=True)
class Leg:
    """One referral to one agency.

    `acted_at` is when the last act on it happened, `checked_at` when its receiver last gave a sign
    of work. `continues` is the leg whose receiver hands on with this one, until that one has
    ended. `contact_clocks` are terms that a contact started, each with its beginning. A leg
    `on_paper` goes to an agency without a terminal: its sender types what it answers.
    `instead_of` is the agency that was asked for, where another one stands in for it. Consent
    holds through the day `consent_until`, if one was said, unless it was withdrawn before.
    """

    id: UUID
    case_id: UUID
    sender: str
    receiver: str
    lead: bool
    state: LegState
    reason: str
    basis: str
    mode: str
    authorised_by: str
    offered_at: datetime
    due_at: datetime
    acted_at: datetime
    accepted_at: datetime | None = None
    checked_at: datetime | None = None
    confirmed_at: datetime | None = None
    continues: UUID | None = None
    assigned_to: UUID | None = None
    assigned_name: str | None = None
    outcome: str | None = None
    ended_by: str | None = None
    contact_clocks: Mapping[str, datetime] = field(default_factory=dict)
    on_paper: bool = False
    instead_of: str | None = None
    consent_until: date | None = None
    consent_withdrawn_at: datetime | None = None

    @property
    def pending_hand_on(self) -> bool:
        """Whether it waits for an answer while another receiver still works."""
        return self.state is LegState.OFFERED and self.continues is not None


@dataclass(frozen=True, slots=True)
class Case:
    """A case has one holder at every moment. `lead_returns` counts since the last lead acceptance.

    The facts are those of its consultation; `cancelled` says that the consultation was.
    `idle_since` is when the holder's term to offer or close last began, `due_at` when the first
    of the case's own terms runs out, `stopped_clocks` are those that a contact has met.
    """

    id: UUID
    consultation_id: UUID
    code: str | None
    desk: str
    holder: str
    state: CaseState
    escalated: bool
    lead_returns: int
    opened_at: datetime
    idle_since: datetime
    received_at: datetime
    topics: tuple[str, ...]
    urgency: str
    facts: dict[str, str]
    cancelled: bool = False
    due_at: datetime | None = None
    stopped_clocks: tuple[str, ...] = ()
    outcome: str | None = None
    ended_by: str | None = None

    @property
    def shielded(self) -> bool:
        """Whether it is about violence."""
        return not SHIELDED_TOPICS.isdisjoint(self.topics)


def open_lead(legs: Iterable[Leg]) -> Leg | None:
    """A lead leg that is on its way or at work."""
    return next((leg for leg in legs if leg.lead and leg.state in LIVE), None)


def has_it_before_it(agency: str, legs: Iterable[Leg]) -> bool:
    """Whether this agency receives a leg that is on its way or at work."""
    return any(leg.receiver == agency and leg.state in LIVE for leg in legs)


def pending_hand_on(legs: Iterable[Leg], origin: UUID) -> Leg | None:
    """The offered leg by which this one is being handed on; there is one at most."""
    return next((leg for leg in legs if leg.pending_hand_on and leg.continues == origin), None)


def replaced(legs: Iterable[Leg], *changed: Leg) -> tuple[Leg, ...]:
    """The legs with these in the place of their former selves."""
    by_id = {leg.id: leg for leg in changed}
    return tuple(by_id.get(leg.id, leg) for leg in legs)
