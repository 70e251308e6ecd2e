"""Ask for a case, or for more legs of an open one; the code is given at once."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from services.intake.domain.referral_request import ReferralRequest
from services.intake.storage import handovers
from services.intake.storage.handovers import Handover
from services.intake.usecases.acting import Acting
from shared.contracts import ReferralRequestedV1
from shared.errors import Conflict, InvalidInput
from shared.handover_code import new_code, read_code
from shared.messaging.event import Event


@dataclass(frozen=True, slots=True)
class CaseOfConsultation:
    """The case a consultation belongs to; `joined` if it was open before."""

    case_id: UUID
    code: str
    joined: bool


async def join_case(connection: AsyncConnection, written: str) -> CaseOfConsultation:
    """The case of a code that somebody brought along. Raises InvalidInput for a wrong one."""
    code = read_code(written)
    if code is None:
        raise InvalidInput.field(
            "case_code", code="misread", detail="つなぎ番号の数字をもう一度ご確認ください。"
        )
    found = await handovers.case_of_code(connection, code)
    if found is None:
        raise InvalidInput.field(
            "case_code", code="unknown", detail="このつなぎ番号のケースは見つかりませんでした。"
        )
    return CaseOfConsultation(found, code, joined=True)


async def new_case(
    connection: AsyncConnection, consultation_id: UUID, acting: Acting
) -> CaseOfConsultation:
    """A new case with a code that no other case has."""
    case_id = uuid7()
    while True:
        code = new_code()
        issued = Handover(case_id, code, acting.desk, consultation_id, acting.now)
        if await handovers.issue(connection, issued):
            return CaseOfConsultation(case_id, code, joined=False)


async def refuse_second_lead(
    connection: AsyncConnection, case_id: UUID, lead: str | None, *, chosen: bool
) -> str | None:
    """The lead of a request that joins a case: none while another lead leg is open there."""
    if not await handovers.has_open_lead(connection, case_id):
        return lead
    if chosen and lead is not None:
        raise Conflict(
            "lead-taken",
            "このケースにはすでに主担当のつなぎがあります。協力としてつないでください。",
            extra={"allowed": []},
        )
    return None


def referral_requested(
    request: ReferralRequest, case: CaseOfConsultation, consultation_id: UUID, acting: Acting
) -> Event:
    """The event that asks the referral service for legs."""
    data = ReferralRequestedV1(
        case_id=case.case_id,
        code=None if case.joined else case.code,
        desk=acting.desk,
        joins=case.joined,
        to=request.to,
        lead=request.lead,
        reason=request.reason,
        basis=request.basis,
        mode=request.mode,
        authorised_by=request.authorised_by,
        at=request.at,
    )
    return Event.of(data, subject=consultation_id, time=request.at, cause=acting.cause)
