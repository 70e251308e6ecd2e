"""The machine interface to a case as a whole: more legs, taking over, closing."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from services.referral.pages.answers import LegBody, OfferedBody, StandingBody
from services.referral.pages.bodies import CloseCaseBody, ReasonBody, ReferBody
from services.referral.pages.context import AgencyActs
from services.referral.usecases.lead_case import close_case, take_over
from services.referral.usecases.offer_referrals import offer_referrals
from shared.web.idempotency import IdempotencyKey, answer_once
from shared.web.requests import Transaction

router = APIRouter(prefix="/referral/api/cases", tags=["referral"])


@router.post("/{case_id}/referrals", status_code=201, response_model=OfferedBody)
async def post_referrals(
    case_id: UUID,
    body: ReferBody,
    connection: Transaction,
    acting: AgencyActs,
    key: IdempotencyKey,
) -> JSONResponse:
    """Offer more legs."""

    async def act() -> OfferedBody:
        legs = await offer_referrals(
            connection, case_id, body.offer(acting), acting, lead_chosen=body.lead_chosen
        )
        return OfferedBody(case_id=case_id, legs=[LegBody.of(leg, acting.now) for leg in legs])

    return await answer_once(connection, acting.principal, key, body, 201, act)


@router.post("/{case_id}/take-over")
async def post_take_over(
    case_id: UUID, body: ReasonBody, connection: Transaction, acting: AgencyActs
) -> StandingBody:
    """The coordinator becomes the holder."""
    standing = await take_over(connection, case_id, body.reason, body.at, acting)
    return StandingBody.of(standing.case)


@router.post("/{case_id}/close")
async def post_close(
    case_id: UUID, body: CloseCaseBody, connection: Transaction, acting: AgencyActs
) -> StandingBody:
    """End the case with an outcome, once every leg has ended."""
    standing = await close_case(connection, case_id, **body.model_dump(), acting=acting)
    return StandingBody.of(standing.case)
