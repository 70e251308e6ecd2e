"""The machine interface to conferences: hold one, read them, take a record back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from services.referral.pages.conference_answers import HeldBody, SheetBody
from services.referral.pages.conference_bodies import CancelBody, ConferenceBody
from services.referral.pages.context import AgencyActs
from services.referral.usecases.cancel_conference import cancel_conference
from services.referral.usecases.hold_conference import hold_conference
from services.referral.usecases.show_conferences import list_conferences, show_conference
from shared.web.idempotency import IdempotencyKey, answer_once
from shared.web.requests import Transaction

router = APIRouter(prefix="/referral/api/conferences", tags=["referral"])


@router.post("", status_code=201, response_model=SheetBody)
async def post_conference(
    body: ConferenceBody, connection: Transaction, acting: AgencyActs, key: IdempotencyKey
) -> JSONResponse:
    """Record a conference; what it decided happens with that."""

    async def act() -> SheetBody:
        held = await hold_conference(connection, body.conference(acting), acting)
        return SheetBody.of(held)

    return await answer_once(connection, acting.principal, key, body, 201, act)


@router.get("", response_model_exclude_none=False)
async def get_conferences(
    connection: Transaction,
    acting: AgencyActs,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[HeldBody]:
    """The newest conferences in which the token's agency took part."""
    shown = await list_conferences(connection, acting, limit=limit)
    return [HeldBody.of(one.conference) for one in shown]


@router.get("/{conference_id}")
async def get_conference(
    conference_id: UUID, connection: Transaction, acting: AgencyActs
) -> SheetBody:
    """One conference, as far as this agency may see it."""
    shown = await show_conference(connection, conference_id, acting)
    return SheetBody.of(shown.conference)


@router.post("/{conference_id}/cancellation")
async def post_cancellation(
    conference_id: UUID, body: CancelBody, connection: Transaction, acting: AgencyActs
) -> SheetBody:
    """Take back a record that was entered in error; what was decided stays."""
    held = await cancel_conference(connection, conference_id, body.reason, acting)
    return SheetBody.of(held)
