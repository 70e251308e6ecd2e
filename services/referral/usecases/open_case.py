"""Follow what intake tells: a consultation, its correction, its end, and the case it asks for."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import Case, CaseState, LegState, open_lead
from services.referral.domain.holding import Standing, after_end
from services.referral.domain.offering import Offer
from services.referral.storage import cases, conferences, consultations, news
from services.referral.usecases.acting import (
    Acting,
    case_words,
    happened,
    leg_words,
    note_act,
)
from services.referral.usecases.offer_referrals import store_offer
from services.referral.usecases.turns import finish
from shared.contracts import (
    CaseReopenedV1,
    ConsultationCancelledV1,
    ConsultationCorrectedV1,
    ConsultationRecordedV1,
    HolderChangedV1,
    ReferralRequestedV1,
    ReferralWithdrawnV1,
)
from shared.messaging.event import Event

#: The facts of a consultation that a case may show, beside topics and urgency.
FACTS = ("caller", "channel", "age_band", "sex", "district", "household", "main_topic")


async def note_consultation(
    connection: AsyncConnection,
    consultation_id: UUID,
    told: ConsultationRecordedV1 | ConsultationCorrectedV1,
    acting: Acting,
) -> None:
    """Keep what a case needs of its consultation; one without a case is passed over.

    A correction may change which terms run (another urgency, a child to be seen) and who sees
    what: whoever has the case on the screen looks again.
    """
    if told.case_id is None:
        return
    before = await cases.standing(connection, told.case_id, lock=True)
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
    after = None if before is None else await cases.standing(connection, told.case_id)
    if before is not None and after is not None:
        hidden = before.case.shielded
        attended = set() if hidden else await conferences.attended(connection, told.case_id)
        await news.add_stir(connection, told.case_id, attended, acting.now)
        await finish(connection, before, after, [], acting.now, acting)


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
    standing = await cases.standing(connection, asked.case_id, lock=True)
    if standing is None:
        standing = await _new_case(connection, event, asked, acting)
    if offer.lead is not None and open_lead(standing.legs) is not None:
        # The lead was taken while the request was on its way; it must not be lost for that.
        offer = replace(offer, lead=None)
    events = []
    base = standing
    if standing.case.state is not CaseState.OPEN:
        case = replace(standing.case, state=CaseState.OPEN, outcome=None, ended_by=None)
        base = standing.with_case(case)
        await note_act(connection, case.id, "reopen-case", offer.at, acting)
        reopened = CaseReopenedV1(**case_words(case), holder=case.holder)
        events.append(happened(case, reopened, offer.at, acting))
    await store_offer(connection, standing, base, offer, acting, events=events)


async def _new_case(
    connection: AsyncConnection, event: Event, asked: ReferralRequestedV1, acting: Acting
) -> Standing:
    opened = Case(
        id=asked.case_id,
        consultation_id=event.subject,
        code=asked.code,
        desk=asked.desk,
        holder=asked.desk,
        state=CaseState.OPEN,
        escalated=False,
        lead_returns=0,
        opened_at=asked.at,
        idle_since=asked.at,
        received_at=asked.at,
        topics=(),
        urgency="normal",
        facts={},
    )
    await cases.add(connection, opened)
    standing = await cases.standing(connection, asked.case_id, lock=True)
    assert standing is not None  # noqa: S101  it was added above, beside its consultation
    case = standing.case
    await note_act(connection, case.id, "open", asked.at, acting)
    data = HolderChangedV1(**case_words(case), previous=None, holder=case.holder, cause="opened")
    await acting.outbox.append(connection, [happened(case, data, asked.at, acting)])
    return standing


async def follow_cancellation(
    connection: AsyncConnection, event: Event, told: ConsultationCancelledV1, acting: Acting
) -> UUID | None:
    """Withdraw the open offers of a cancelled consultation; accepted legs go on, flagged.

    Gives the case that it opened, None where there is none.
    """
    await consultations.cancel(connection, event.subject, told.revision)
    case_id = await consultations.case_opened_by(connection, event.subject)
    before = None if case_id is None else await cases.standing(connection, case_id, lock=True)
    if before is None:
        return None
    after, events = before, list[Event]()
    for leg in before.legs:
        if leg.state is not LegState.OFFERED:
            continue
        moment = max(event.time, leg.acted_at)
        ended = replace(leg, state=LegState.WITHDRAWN, acted_at=moment)
        after = after_end(after, ended)
        words = leg_words(before.case, ended)
        events.append(happened(before.case, ReferralWithdrawnV1(**words), moment, acting))
        await note_act(
            connection, before.case.id, "withdraw", moment, acting, leg_id=leg.id, reason="相談取消"
        )
    await note_act(connection, before.case.id, "consultation-cancelled", event.time, acting)
    await finish(connection, before, after, events, event.time, acting)
    return before.case.id
