"""Which events the metrics service answers: every one that counts, with one use case."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.usecases.count_events import count_by_rules_in_force
from services.metrics.usecases.rules_in_force import CurrentCounter
from shared.contracts import (
    ActivityCancelledV1,
    ActivityCorrectedV1,
    ActivityRecordedV1,
    CaseClosedV1,
    CaseEscalatedV1,
    CaseReopenedV1,
    CaseVoidedV1,
    ClockRanOutV1,
    ConferenceCancelledV1,
    ConferenceHeldV1,
    ConsultationCancelledV1,
    ConsultationCorrectedV1,
    ConsultationRecordedV1,
    ContactRecordedV1,
    FigureCancelledV1,
    FigureCorrectedV1,
    FigureReportedV1,
    HolderChangedV1,
    PersonConfirmedV1,
    ReferralAcceptedV1,
    ReferralClosedV1,
    ReferralHandedOnV1,
    ReferralOfferedV1,
    ReferralReturnedV1,
    ReferralSucceededV1,
    ReferralVoidedV1,
    ReferralWithdrawnV1,
    UnmetNeedRecordedV1,
)
from shared.messaging.event import Event
from shared.messaging.subscription import Subscriptions
from shared.plan import Plan

COUNTED = (
    ConsultationRecordedV1,
    ConsultationCorrectedV1,
    ConsultationCancelledV1,
    ActivityRecordedV1,
    ActivityCorrectedV1,
    ActivityCancelledV1,
    FigureReportedV1,
    FigureCorrectedV1,
    FigureCancelledV1,
    ReferralOfferedV1,
    ReferralAcceptedV1,
    ReferralReturnedV1,
    ReferralWithdrawnV1,
    ContactRecordedV1,
    ReferralClosedV1,
    HolderChangedV1,
    UnmetNeedRecordedV1,
    ReferralHandedOnV1,
    PersonConfirmedV1,
    ReferralVoidedV1,
    ReferralSucceededV1,
    ClockRanOutV1,
    CaseEscalatedV1,
    CaseClosedV1,
    CaseReopenedV1,
    CaseVoidedV1,
    ConferenceHeldV1,
    ConferenceCancelledV1,
)


def subscriptions(plan: Plan) -> Subscriptions:
    """The table of this service: contract to handler."""
    counter = CurrentCounter(plan)

    async def on_countable(connection: AsyncConnection, events: Sequence[Event]) -> None:
        await count_by_rules_in_force(connection, events, counter)

    return dict.fromkeys(COUNTED, on_countable)
