"""Follow what intake tells: a consultation, its correction, its end, and the case it asks for."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import Case, LegState, open_lead
from services.referral.domain.offering import Offer
from services.referral.storage import cases, consultations
from services.referral.usecases.acting import Acting, happened, leg_words, note_act
from services.referral.usecases.offer_referrals import store_offer
from shared.contracts import (
    ConsultationCancelledV1,
    ConsultationCorrectedV1,
    ConsultationRecordedV1,
    HolderChangedV1,
    ReferralRequestedV1,
    ReferralWithdrawnV1,
)
from shared.messaging.event import Event

#: The facts of a consultation that a case may show, beside topics and urgency.
FACTS = ("caller", "channel", "age_band", "sex", "district", "household")


async def note_consultation(
    connection: AsyncConnection,
    consultation_id: UUID,
    told: ConsultationRecordedV1 | ConsultationCorrectedV1,
) -> None:
    """Keep what a case needs of its consultation; one without a case is passed over."""
    if told.case_id is None:
        return
    await consultations.note(
        connection,
        consultation_id=consultation_id,
        case_id=told.case_id,
        desk=told.desk,
        revision=told.revision,
        received_at=told.received_at,
        topics=told.topics,
        urgency=told.urgency,
        facts={name: getattr(told, name) for name in FACTS},
    )


async def open_case(
    connection: AsyncConnection, event: Event, asked: ReferralRequestedV1, acting: Acting
) -> None:
    """Open the case that a desk asked for, or add legs to the one that it joins.

    The desk that recorded the consultation holds until a lead leg is accepted.
    """
    offer = Offer(
        sender=asked.desk,
        to=asked.to,
        lead=asked.lead,
        reason=asked.reason,
        basis=asked.basis,
        mode=asked.mode,
        authorised_by=asked.authorised_by,
        at=asked.at,
    )
    case = await cases.find(connection, asked.case_id, lock=True)
    if case is None:
        case = await _new_case(connection, event, asked, acting)
    legs = await cases.legs_of(connection, case.id)
    if offer.lead is not None and open_lead(legs) is not None:
        # The lead was taken while the request was on its way; it must not be lost for that.
        offer = replace(offer, lead=None)
    if case.state != "open":
        case = replace(case, state="open")
        await cases.change(connection, case)
    await store_offer(connection, case, offer, acting)


async def _new_case(
    connection: AsyncConnection, event: Event, asked: ReferralRequestedV1, acting: Acting
) -> Case:
    await cases.add(
        connection,
        Case(
            id=asked.case_id,
            consultation_id=event.subject,
            code=asked.code,
            desk=asked.desk,
            holder=asked.desk,
            state="open",
            escalated=False,
            lead_returns=0,
            opened_at=asked.at,
            topics=(),
            urgency="normal",
            facts={},
        ),
    )
    case = await cases.find(connection, asked.case_id, lock=True)
    assert case is not None  # noqa: S101  it was added above, beside its consultation
    await note_act(connection, case.id, "open", asked.at, acting)
    data = HolderChangedV1(
        case_id=case.id,
        consultation_id=case.consultation_id,
        previous=None,
        holder=case.holder,
        cause="opened",
    )
    await acting.outbox.append(connection, [happened(case, data, asked.at, acting)])
    return case


async def follow_cancellation(
    connection: AsyncConnection, event: Event, told: ConsultationCancelledV1, acting: Acting
) -> None:
    """Withdraw the open offers of a cancelled consultation; accepted legs go on, flagged."""
    await consultations.cancel(connection, event.subject, told.revision)
    case_id = await consultations.case_opened_by(connection, event.subject)
    case = None if case_id is None else await cases.find(connection, case_id, lock=True)
    if case is None:
        return
    events = []
    for leg in await cases.legs_of(connection, case.id):
        if leg.state is not LegState.OFFERED:
            continue
        moment = max(event.time, leg.acted_at)
        after = replace(leg, state=LegState.WITHDRAWN, acted_at=moment)
        await cases.change_leg(connection, after)
        await note_act(
            connection, case.id, "withdraw", moment, acting, leg_id=leg.id, reason="相談取消"
        )
        events.append(happened(case, ReferralWithdrawnV1(**leg_words(case, after)), moment, acting))
    await note_act(connection, case.id, "consultation-cancelled", event.time, acting)
    await acting.outbox.append(connection, events)
