"""The machine interface to what is shared: the basis of a leg, a leg by itself, calls made."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from services.referral.pages.answers import ActBody, LegBody, LegRecordBody, ShownLegBody
from services.referral.pages.bodies import BasisBody, CallBody, ConsentWithdrawnBody
from services.referral.pages.context import AgencyActs
from services.referral.usecases.change_basis import change_basis, withdraw_consent
from services.referral.usecases.show_record import show_leg
from services.referral.usecases.telephone import telephone
from shared.web.idempotency import IdempotencyKey, answer_once
from shared.web.requests import Transaction

router = APIRouter(prefix="/referral/api", tags=["referral"])


class CalledBody(BaseModel):
    """A call that was made about a case."""

    case_id: UUID
    whom: str
    by: str
    happened_at: datetime


@router.get("/referrals/{leg_id}")
async def get_leg(leg_id: UUID, connection: Transaction, acting: AgencyActs) -> LegRecordBody:
    """One leg, as a party sees it; one that was given back, as its receiver's own record."""
    record = await show_leg(connection, leg_id, acting.agency, acting.plan, acting.now)
    return LegRecordBody(
        **ShownLegBody.of(record.leg, acting.now).model_dump(),
        case_id=record.leg.case_id,
        offered_at=record.leg.offered_at,
        history=[ActBody.of(act) for act in record.acts],
    )


@router.post("/referrals/{leg_id}/basis")
async def post_basis(
    leg_id: UUID, body: BasisBody, connection: Transaction, acting: AgencyActs
) -> LegBody:
    """Share the leg on another basis from now on."""
    leg = await change_basis(connection, leg_id, **body.model_dump(), acting=acting)
    return LegBody.of(leg, acting.now)


@router.post("/referrals/{leg_id}/consent-withdrawn")
async def post_consent_withdrawn(
    leg_id: UUID, body: ConsentWithdrawnBody, connection: Transaction, acting: AgencyActs
) -> LegBody:
    """The person took consent back."""
    leg = await withdraw_consent(connection, leg_id, **body.model_dump(), acting=acting)
    return LegBody.of(leg, acting.now)


@router.post("/cases/{case_id}/calls", status_code=201, response_model=CalledBody)
async def post_call(
    case_id: UUID, body: CallBody, connection: Transaction, acting: AgencyActs, key: IdempotencyKey
) -> JSONResponse:
    """Stamp that somebody was called, and when."""

    async def act() -> CalledBody:
        made = await telephone(connection, case_id, body.whom, body.at, acting)
        return CalledBody(
            case_id=made.case_id, whom=made.whom, by=made.by, happened_at=made.happened_at
        )

    return await answer_once(connection, acting.principal, key, body, 201, act)
