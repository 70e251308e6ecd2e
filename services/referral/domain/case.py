"""A case 支援ケース and its legs つなぎ, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


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


#: A leg in one of these states is on its way or at work.
LIVE = frozenset({LegState.OFFERED, LegState.ACCEPTED, LegState.SUPPORTING})

#: Topics about violence: what is shown of such cases is narrower (domain rule on abuse and DV).
SHIELDED_TOPICS = frozenset({"child-abuse", "elder-abuse", "disability-abuse", "dv"})


@dataclass(frozen=True, slots=True)
class Leg:
    """One referral to one agency. `acted_at` is when the last act on it happened."""

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


@dataclass(frozen=True, slots=True)
class Case:
    """A case has one holder at every moment. `lead_returns` counts since the last lead acceptance.

    The facts are those of its consultation; `cancelled` says that the consultation was.
    """

    id: UUID
    consultation_id: UUID
    code: str | None
    desk: str
    holder: str
    state: str
    escalated: bool
    lead_returns: int
    opened_at: datetime
    topics: tuple[str, ...]
    urgency: str
    facts: dict[str, str]
    cancelled: bool = False

    @property
    def shielded(self) -> bool:
        """Whether it is about violence."""
        return not SHIELDED_TOPICS.isdisjoint(self.topics)


def open_lead(legs: tuple[Leg, ...]) -> Leg | None:
    """The lead leg that is on its way or at work; there is one at most."""
    return next((leg for leg in legs if leg.lead and leg.state in LIVE), None)
