"""What a referral asks for against the law and the plan: is the basis offered, the choice told."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.domain.consultation import ConsultationFacts
from services.intake.domain.destinations import unnamed
from services.intake.domain.referral_request import ReferralRequest
from services.intake.storage import figures
from services.intake.usecases.acting import Acting
from shared.errors import FieldFault, InvalidInput
from shared.japanese_time import japanese_day
from shared.plan import Plan


async def offered_bases(connection: AsyncConnection, plan: Plan, now: datetime) -> dict[str, str]:
    """The sharing bases that the law offers now, with their labels."""
    return plan.offered_bases(await figures.last_states(connection, japanese_day(now)))


async def check_referral(
    connection: AsyncConnection, facts: ConsultationFacts, request: ReferralRequest, acting: Acting
) -> None:
    """Raise InvalidInput for a basis that the law does not offer yet, `basis-not-offered`, and
    where the page asked why the plan is not followed and nothing was said.

    A machine's `reason` is required in any case, and says it.
    """
    if acting.plan.bases[request.basis].offered_when is not None:
        await _refuse_unoffered(connection, request.basis, acting)
    asked_in_vain = request.override is not None and not request.override.strip()
    if asked_in_vain and unnamed(acting.plan, acting.desk, facts, request.to):
        detail = "理由を書いてください。"
        raise InvalidInput.field("refer", "override", code="missing", detail=detail)


async def _refuse_unoffered(connection: AsyncConnection, basis: str, acting: Acting) -> None:
    if basis in await offered_bases(connection, acting.plan, acting.now):
        return
    code, detail = "basis-not-offered", "この根拠はまだ使えません。一覧から選んでください。"
    raise InvalidInput(code, detail, errors=[FieldFault(("refer", "basis"), code, detail)])
