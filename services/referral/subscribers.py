"""Which events the referral service answers, and with what: intake's, and its own to tell."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.notices import LINES
from services.referral.usecases.acting import Acting
from services.referral.usecases.follow_milestones import follow_milestones
from services.referral.usecases.notify_agencies import notify_agencies
from services.referral.usecases.open_case import (
    follow_cancellation,
    note_consultation,
    open_case,
)
from shared.contracts import (
    ConsultationCancelledV1,
    ConsultationCorrectedV1,
    ConsultationRecordedV1,
    FigureCancelledV1,
    FigureCorrectedV1,
    FigureReportedV1,
    ReferralRequestedV1,
)
from shared.identity.principal import Principal, Role
from shared.messaging.event import Event
from shared.messaging.outbox import Outbox
from shared.messaging.subscription import Subscriptions
from shared.plan import Plan

#: The one who acts when an event does, on behalf of the desk that it came from.
_NOBODY = UUID(int=0)


def subscriptions(plan: Plan, outbox: Outbox, clock: Callable[[], datetime]) -> Subscriptions:
    """The table of this service: contract to handler."""

    def acting(event: Event, desk: str) -> Acting:
        desk_staff = Principal(_NOBODY, "窓口", Role.COUNTER, desk)
        return Acting(desk_staff, plan, outbox, clock(), event.follow())

    async def on_consultation(connection: AsyncConnection, events: Sequence[Event]) -> None:
        for event in events:
            assert isinstance(event.data, ConsultationRecordedV1 | ConsultationCorrectedV1)  # noqa: S101
            by_desk = acting(event, event.data.desk)
            await note_consultation(connection, event.subject, event.data, by_desk)

    async def on_referral_requested(connection: AsyncConnection, events: Sequence[Event]) -> None:
        for event in events:
            assert isinstance(event.data, ReferralRequestedV1)  # noqa: S101
            await open_case(connection, event, event.data, acting(event, event.data.desk))

    async def on_consultation_cancelled(
        connection: AsyncConnection, events: Sequence[Event]
    ) -> None:
        for event in events:
            assert isinstance(event.data, ConsultationCancelledV1)  # noqa: S101
            by_desk = acting(event, event.data.desk)
            case_id = await follow_cancellation(connection, event, event.data, by_desk)
            if case_id is not None:
                await notify_agencies(connection, event, case_id, plan, clock())

    async def on_own_event(connection: AsyncConnection, events: Sequence[Event]) -> None:
        for event in events:
            await notify_agencies(connection, event, event.subject, plan, clock())

    own = {contract: on_own_event for contract in LINES if contract.producer == "referral"}
    return own | {
        ConsultationRecordedV1: on_consultation,
        ConsultationCorrectedV1: on_consultation,
        ReferralRequestedV1: on_referral_requested,
        ConsultationCancelledV1: on_consultation_cancelled,
        FigureReportedV1: follow_milestones,
        FigureCorrectedV1: follow_milestones,
        FigureCancelledV1: follow_milestones,
    }
