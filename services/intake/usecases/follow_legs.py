"""Note where each leg stands, so that the counter sees the answer beside its consultation."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.storage import handovers
from services.intake.storage.handovers import LegStanding
from shared.contracts import (
    ContactRecordedV1,
    Contract,
    ReferralAcceptedV1,
    ReferralClosedV1,
    ReferralHandedOnV1,
    ReferralOfferedV1,
    ReferralReturnedV1,
    ReferralSucceededV1,
    ReferralVoidedV1,
    ReferralWithdrawnV1,
)
from shared.contracts.referral import LegEvent
from shared.messaging.event import Event

#: The state that a leg has after each event about it.
STATE_AFTER: dict[type[Contract], str] = {
    ReferralOfferedV1: "offered",
    ReferralAcceptedV1: "accepted",
    ContactRecordedV1: "supporting",
    ReferralReturnedV1: "returned",
    ReferralWithdrawnV1: "withdrawn",
    ReferralClosedV1: "closed",
    ReferralHandedOnV1: "handed-on",
    ReferralVoidedV1: "void",
}


def standing_after(event: Event) -> LegStanding:
    """Where the leg of this event stands after it."""
    leg = event.data
    assert isinstance(leg, LegEvent)  # noqa: S101  the subscription table's promise
    return LegStanding(
        referral_id=leg.referral_id,
        case_id=leg.case_id,
        sender=leg.sender,
        receiver=leg.receiver,
        lead=leg.lead,
        state=leg.state if isinstance(leg, ReferralSucceededV1) else STATE_AFTER[type(leg)],
        since=event.time,
        reason=leg.reason if isinstance(leg, ReferralReturnedV1) else None,
        outcome=leg.outcome if isinstance(leg, ReferralClosedV1) else None,
    )


async def follow_legs(connection: AsyncConnection, events: Sequence[Event]) -> None:
    """Store the newest standing of each leg; events of a case arrive in their order."""
    newest = {standing.referral_id: standing for standing in map(standing_after, events)}
    await handovers.note_standings(connection, list(newest.values()))
