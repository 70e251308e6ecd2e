"""Offer legs: which of them leads, and by when the receiver must answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.referral.domain.case import Case, Leg, LegState
from services.referral.domain.opening_hours import due_at
from shared.plan import Plan

#: The accept clock for each urgency.
ACCEPT_CLOCK = {
    "emergency": "accept-emergency",
    "soon": "accept-soon",
    "normal": "accept-normal",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What a sender asks for. `to` may be empty: nobody was found to take it."""

    sender: str
    to: tuple[str, ...]
    lead: str | None
    reason: str
    basis: str
    mode: str
    authorised_by: str
    at: datetime


def accept_due(plan: Plan, urgency: str, offered_at: datetime) -> datetime:
    """When the receiver must have answered."""
    return due_at(plan.clocks[ACCEPT_CLOCK[urgency]], offered_at)


def legs_of_offer(case: Case, offer: Offer, ids: Sequence[UUID], plan: Plan) -> list[Leg]:
    """One leg for each destination, in order."""
    due = accept_due(plan, case.urgency, offer.at)
    return [
        Leg(
            id=leg_id,
            case_id=case.id,
            sender=offer.sender,
            receiver=receiver,
            lead=receiver == offer.lead,
            state=LegState.OFFERED,
            reason=offer.reason,
            basis=offer.basis,
            mode=offer.mode,
            authorised_by=offer.authorised_by,
            offered_at=offer.at,
            due_at=due,
            acted_at=offer.at,
        )
        for leg_id, receiver in zip(ids, offer.to, strict=True)
    ]
