"""Print the slip that a person carries; of a case about violence only when staff chose so."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.domain.slip import Slip, destinations_of, is_chosen
from services.intake.storage import consultations, handovers, slips
from services.intake.storage.handovers import Handover
from services.intake.usecases.acting import Acting
from shared.errors import Conflict, InvalidInput, NotFound


async def _issued(connection: AsyncConnection, consultation_id: UUID, desk: str) -> Handover:
    record = await consultations.find(connection, consultation_id, desk)
    issued = None
    if record is not None and record.case_id is not None:
        issued = await handovers.issued_by(connection, record.case_id, desk)
    if issued is None:
        raise NotFound("slip-not-found", "この相談の控えはありません。")
    return issued


async def case_is_shielded(connection: AsyncConnection, case_id: UUID) -> bool:
    """Whether any consultation of the case is about violence."""
    return await slips.case_is_shielded(connection, case_id)


async def print_slip(
    connection: AsyncConnection, consultation_id: UUID, desk: str, now: datetime
) -> Slip:
    """The slip of this desk's consultation. Of a case about violence it is always neutral.

    Raises NotFound for another desk's or without a code, Conflict while nobody chose to print it.
    """
    issued = await _issued(connection, consultation_id, desk)
    if await case_is_shielded(connection, issued.case_id):
        if not is_chosen(await slips.last_choice(connection, consultation_id), now):
            detail = "相談の画面で、渡しても安全なことをご本人と確かめてから印刷してください。"
            raise Conflict("slip-not-chosen", detail, extra={"allowed": []})
        return Slip(consultation_id, issued.code, True, (), None)
    legs = await handovers.legs_of(connection, issued.case_id)
    told = [(leg.receiver, leg.state in handovers.OPEN_STATES) for leg in legs]
    destinations = destinations_of(await slips.asked_of(connection, issued.case_id), told)
    return Slip(consultation_id, issued.code, False, destinations, issued.issued_at)


async def choose_slip(
    connection: AsyncConnection, consultation_id: UUID, *, safe: bool, acting: Acting
) -> None:
    """Record who made sure with the person that the slip does no harm.

    Raises NotFound as above, InvalidInput without the tick.
    """
    await _issued(connection, consultation_id, acting.desk)
    if not safe:
        detail = "渡しても安全なことを、ご本人と確かめてください。"
        raise InvalidInput.field("safe", code="not-confirmed", detail=detail)
    await slips.choose(connection, consultation_id, acting.principal.name, acting.now)
