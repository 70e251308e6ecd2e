"""Correct a consultation: a new revision with a reason; the one before stays readable."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.domain.consultation import REFER, Consultation, faults_of
from services.intake.domain.referral_request import ReferralRequest, faults_of_request
from services.intake.storage import consultations, revisions, slips
from services.intake.usecases.acting import Acting, refuse_if_any
from services.intake.usecases.check_referral import check_referral
from services.intake.usecases.record_consultation import RecordedConsultation
from services.intake.usecases.request_referral import new_case, referral_requested
from shared.contracts import ConsultationCancelledV1, ConsultationCorrectedV1
from shared.errors import Conflict, FieldFault, NotFound
from shared.messaging.event import Event


@dataclass(frozen=True, slots=True)
class Correction:
    """The changed facts by name, why, and a referral that was forgotten."""

    changes: Mapping[str, Any]
    reason: str
    refer: ReferralRequest | None = None


async def _find(connection: AsyncConnection, consultation_id: UUID, acting: Acting) -> Consultation:
    record = await consultations.find(connection, consultation_id, acting.desk, lock=True)
    if record is None:
        raise NotFound("consultation-not-found", "この相談は見つかりませんでした。")
    if record.cancelled:
        raise Conflict(
            "consultation-cancelled", "この相談はすでに取り消されています。", extra={"allowed": []}
        )
    return record


async def _keep_revision(
    connection: AsyncConnection, record: Consultation, reason: str, acting: Acting
) -> None:
    await revisions.keep(
        connection,
        record.id,
        record.revision,
        to_jsonable_python(asdict(record.facts)),
        reason=reason,
        changed_by=acting.principal.name,
        now=acting.now,
    )


def _faults(after: Consultation, correction: Correction, acting: Acting) -> list[FieldFault]:
    faults = list(faults_of(after.facts, acting.plan, acting.now))
    if not correction.reason.strip():
        faults.append(FieldFault(("reason",), "missing", "訂正の理由を書いてください。"))
    if not correction.changes and correction.refer is None:
        faults.append(FieldFault((), "nothing-changed", "直すところを一つ以上書いてください。"))
    if correction.refer is not None:
        received = after.facts.received_at
        faults += faults_of_request(
            correction.refer, acting.desk, received, acting.plan, acting.now
        )
    elif after.facts.response == REFER and after.case_id is None:
        faults.append(FieldFault(("refer",), "missing", "つなぎ先と理由を書いてください。"))
    return faults


async def correct_consultation(
    connection: AsyncConnection, consultation_id: UUID, correction: Correction, acting: Acting
) -> RecordedConsultation:
    """Store the next revision. Raises NotFound, Conflict or InvalidInput, storing nothing."""
    record = await _find(connection, consultation_id, acting)
    if correction.refer is not None and record.case_id is not None:
        raise Conflict(
            "already-referred",
            "この相談はすでにつながれています。ケースの画面からつないでください。",
            extra={"allowed": []},
        )
    facts = replace(record.facts, **correction.changes)
    if correction.refer is not None:
        facts = replace(facts, response=REFER)
    after = replace(record, revision=record.revision + 1, facts=facts)
    refuse_if_any(_faults(after, correction, acting))
    case = None
    if correction.refer is not None:
        await check_referral(connection, facts, correction.refer, acting)
        case = await new_case(connection, record.id, acting)
        after = replace(after, case_id=case.case_id)
    await _keep_revision(connection, record, correction.reason, acting)
    await consultations.change(connection, after)
    corrected = ConsultationCorrectedV1(
        desk=after.desk, revision=after.revision, case_id=after.case_id, **asdict(after.facts)
    )
    events = [Event.of(corrected, subject=record.id, time=acting.now, cause=acting.cause)]
    if correction.refer is not None and case is not None:
        await slips.note_asked(connection, case.case_id, correction.refer.to, acting.now)
        events.append(referral_requested(correction.refer, case, record.id, acting))
    await acting.outbox.append(connection, events)
    return RecordedConsultation(after, case)


async def cancel_consultation(
    connection: AsyncConnection, consultation_id: UUID, reason: str, acting: Acting
) -> Consultation:
    """Mark a consultation as entered in error; it counts nowhere, and its history stays."""
    record = await _find(connection, consultation_id, acting)
    if not reason.strip():
        refuse_if_any([FieldFault(("reason",), "missing", "取消の理由を書いてください。")])
    after = replace(record, revision=record.revision + 1, cancelled=True)
    await _keep_revision(connection, record, reason, acting)
    await consultations.change(connection, after)
    cancelled = ConsultationCancelledV1(
        desk=after.desk,
        received_at=after.facts.received_at,
        revision=after.revision,
        case_id=after.case_id,
    )
    event = Event.of(cancelled, subject=record.id, time=acting.now, cause=acting.cause)
    await acting.outbox.append(connection, [event])
    return after
