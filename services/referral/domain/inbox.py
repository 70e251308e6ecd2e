"""What somebody asks of an inbox: which of the open legs, in the order of time left."""

from dataclasses import dataclass
from uuid import UUID

from services.referral.domain.case import AT_WORK, LIVE, LegState

#: The parts of an inbox, as its page and its address call them.
PARTS = {
    "": LIVE,
    "waiting": frozenset({LegState.OFFERED}),
    "working": AT_WORK,
}


@dataclass(frozen=True, slots=True)
class InboxQuestion:
    """Every field narrows; None asks for all. `after` is the last leg of the page before."""

    part: str = ""
    urgency: str | None = None
    overdue: bool = False
    lead: bool | None = None
    sender: str | None = None
    topic: str | None = None
    assigned_to: UUID | None = None
    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How much there is, each counted up to a bound and no further."""

    waiting: int
    working: int
    overdue: int
    emergencies: int
    mine: int
