"""Write a consultation down, once, and ask for its referral in the same transaction."""

from dataclasses import asdict, dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from services.intake.domain.consultation import (
    REFER,
    Consultation,
    ConsultationFacts,
    faults_of,
)
from services.intake.domain.referral_request import ReferralRequest, faults_of_request
from services.intake.storage import consultations, memos, overrides, slips
from services.intake.usecases.acting import Acting, refuse_if_any
from services.intake.usecases.check_referral import check_referral
from services.intake.usecases.find_duplicates import find_duplicates
from services.intake.usecases.request_referral import (
    CaseOfConsultation,
    join_case,
    new_case,
    referral_requested,
    refuse_second_lead,
)
from shared.contracts import ConsultationRecordedV1
from shared.errors import FieldFault
from shared.messaging.event import Event

MOST_MEMO = 500


@dataclass(frozen=True, slots=True)
class NewConsultation:
    """What the desk wrote. `lead_chosen`: the lead was named, not left to the default.

    `confirmed_places`: so many places of the memo look like names, and the desk says they are none.
    """

    facts: ConsultationFacts
    memo: str | None = None
    case_code: str | None = None
    refer: ReferralRequest | None = None
    lead_chosen: bool = False
    confirmed_places: int = 0


@dataclass(frozen=True, slots=True)
class RecordedConsultation:
    """What the desk gets back: the record, the case with its code if there is one, and others
    of the desk that may be about the same person.
    """

    record: Consultation
    case: CaseOfConsultation | None
    alike: tuple[Consultation, ...] = ()


def _faults(new: NewConsultation, acting: Acting) -> list[FieldFault]:
    faults = list(faults_of(new.facts, acting.plan, acting.now))
    if new.memo is not None and len(new.memo) > MOST_MEMO:
        faults.append(FieldFault(("memo",), "too-long", "メモは500字までです。"))
    if new.facts.response == REFER and new.refer is None:
        faults.append(FieldFault(("refer",), "missing", "つなぎ先と理由を書いてください。"))
    if new.facts.response != REFER and new.refer is not None:
        detail = "つなぐときは、対応を「つなぐ」にしてください。"
        faults.append(FieldFault(("refer",), "not-refer", detail))
    if new.refer is not None:
        received = new.facts.received_at
        faults += faults_of_request(new.refer, acting.desk, received, acting.plan, acting.now)
    return faults


async def record_consultation(
    connection: AsyncConnection, new: NewConsultation, acting: Acting
) -> RecordedConsultation:
    """Store a consultation and its events. Raises InvalidInput or Conflict, storing nothing."""
    refuse_if_any(_faults(new, acting))
    refer = new.refer
    if refer is not None:
        await check_referral(connection, new.facts, refer, acting)
    consultation_id = uuid7()
    case: CaseOfConsultation | None = None
    if new.case_code:
        case = await join_case(connection, new.case_code)
        if refer is not None:
            lead = await refuse_second_lead(
                connection, case.case_id, refer.lead, chosen=new.lead_chosen
            )
            refer = replace(refer, lead=lead)
    elif refer is not None:
        case = await new_case(connection, consultation_id, acting)
    record = Consultation(
        id=consultation_id,
        desk=acting.desk,
        revision=1,
        facts=new.facts,
        case_id=None if case is None else case.case_id,
        cancelled=False,
    )
    await consultations.add(connection, record, recorded_by=acting.principal.name, now=acting.now)
    if new.memo:
        await memos.add_memo(connection, consultation_id, new.memo, acting.now)
    if new.confirmed_places:
        await memos.add_confirmation(
            connection, record.id, new.confirmed_places, acting.principal.name, acting.now
        )
    if refer is not None and refer.override:
        await overrides.keep(connection, consultation_id, refer.override, acting.now)
    events = [consultation_recorded(record, acting)]
    if refer is not None and case is not None:
        await slips.note_asked(connection, case.case_id, refer.to, acting.now)
        events.append(referral_requested(refer, case, consultation_id, acting))
    await acting.outbox.append(connection, events)
    alike = await find_duplicates(connection, record)
    return RecordedConsultation(record, case, tuple(alike))


def consultation_recorded(record: Consultation, acting: Acting) -> Event:
    """The event of a new consultation; the memo is not in it."""
    data = ConsultationRecordedV1(
        desk=record.desk,
        revision=record.revision,
        case_id=record.case_id,
        **asdict(record.facts),
    )
    return Event.of(data, subject=record.id, time=record.facts.received_at, cause=acting.cause)
