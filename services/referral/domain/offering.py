"""Offer legs: which of them leads, and by when the receiver must answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.referral.domain.case import Case, Leg, LegState
from services.referral.domain.clocks import accept_due
from shared.plan import Plan


@dataclass(frozen=True, slots=True)
class Offer:
    """What a sender asks for. `to` may be empty: nobody was found to take it.

    `override` says why an agency was chosen that the plan does not suggest: blank if the page
    asked and nothing was written, None where `reason` alone is asked for.
    """

    sender: str
    to: tuple[str, ...]
    lead: str | None
    reason: str
    basis: str
    mode: str
    authorised_by: str
    at: datetime
    override: str | None = None


def legs_of_offer(
    case: Case, offer: Offer, ids: Sequence[UUID], plan: Plan, *, continues: UUID | None = None
) -> list[Leg]:
    """One leg for each destination, in order; `continues` is the leg that is handed on."""
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
            continues=continues,
            on_paper=not plan.agencies[receiver].terminal,
        )
        for leg_id, receiver in zip(ids, offer.to, strict=True)
    ]
