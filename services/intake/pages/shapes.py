"""From what is stored to what the machine interface gives."""

from collections.abc import Sequence
from dataclasses import asdict

from services.intake.domain.consultation import Consultation
from services.intake.pages.answers import (
    ListedConsultation,
    RecordedBody,
    RevisionBody,
    ShownBody,
    StandingBody,
    Warned,
)
from services.intake.usecases.record_consultation import RecordedConsultation
from services.intake.usecases.show_consultations import ShownConsultation
from shared.japanese_time import written
from shared.privacy.findings import Kind


def recorded_body(recorded: RecordedConsultation, warned: Sequence[Kind] = ()) -> RecordedBody:
    """The answer to a consultation that was recorded or corrected; `warned`: about its memo."""
    record, case = recorded.record, recorded.case
    return RecordedBody(
        id=record.id,
        desk=record.desk,
        fiscal_year=record.facts.fiscal_year,
        revision=record.revision,
        code=None if case is None else case.code,
        case_id=record.case_id,
        warnings=[
            *(_duplicate(other) for other in recorded.alike),
            *(Warned(code=kind.code, detail=kind.words) for kind in warned),
        ],
    )


def _duplicate(other: Consultation) -> Warned:
    when = written(other.facts.received_at)
    detail = f"{when}に、条件の近い相談をこの窓口で受け付けています。まだ続いています。"
    return Warned(code="likely-duplicate", detail=detail)


def listed(record: Consultation) -> ListedConsultation:
    """One line of the desk's list."""
    return ListedConsultation(
        id=record.id,
        desk=record.desk,
        fiscal_year=record.facts.fiscal_year,
        revision=record.revision,
        cancelled=record.cancelled,
        case_id=record.case_id,
        **asdict(record.facts),
    )


def shown_body(shown: ShownConsultation) -> ShownBody:
    """A consultation with its history and where each leg stands."""
    return ShownBody(
        **listed(shown.record).model_dump(),
        memo=shown.memo,
        memo_deleted_at=shown.memo_deleted_at,
        code=shown.code,
        revisions=[RevisionBody(**asdict(entry)) for entry in shown.history],
        referrals=[
            StandingBody(
                id=leg.referral_id,
                to=leg.receiver,
                sender=leg.sender,
                lead=leg.lead,
                state=leg.state,
                since=leg.since,
                reason=leg.reason,
                outcome=leg.outcome,
            )
            for leg in shown.legs
        ],
    )
