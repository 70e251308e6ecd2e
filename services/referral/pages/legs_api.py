"""The machine interface to a leg: one address for each line of the transition table."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from services.referral.domain.case import Leg
from services.referral.pages.answers import LegBody
from services.referral.pages.bodies import (
    AssignBody,
    CloseBody,
    ConfirmBody,
    ContactBody,
    HandOnBody,
    ReasonBody,
    ReturnBody,
    Timed,
    WithdrawBody,
)
from services.referral.pages.context import AdministratorActs, AgencyActs
from services.referral.usecases.acting import Acting
from services.referral.usecases.answer_referral import accept_referral, return_referral
from services.referral.usecases.assign_person import assign_person
from services.referral.usecases.confirm_person import confirm_person
from services.referral.usecases.offer_referrals import hand_on_referral
from services.referral.usecases.support import check_in, close_referral, record_contact
from services.referral.usecases.take_back import (
    reopen_referral,
    void_referral,
    withdraw_referral,
)
from shared.database import transaction
from shared.web.code_attempts import code_tried
from shared.web.idempotency import IdempotencyKey, answer_once
from shared.web.requests import ServiceTransaction, Transaction, acts_of

router = APIRouter(prefix="/referral/api/referrals", tags=["referral"])


@router.post("/{leg_id}/accept")
async def post_accept(
    leg_id: UUID, body: Timed, connection: Transaction, acting: AgencyActs
) -> LegBody:
    """Take the leg."""
    leg = await accept_referral(connection, leg_id, body.at, acting)
    return LegBody.of(leg, acting.now)


@router.post("/{leg_id}/return")
async def post_return(
    leg_id: UUID, body: ReturnBody, connection: Transaction, acting: AgencyActs
) -> LegBody:
    """Give the leg back with a reason."""
    leg = await return_referral(connection, leg_id, **body.model_dump(), acting=acting)
    return LegBody.of(leg, acting.now)


@router.post("/{leg_id}/withdraw")
async def post_withdraw(
    leg_id: UUID, body: WithdrawBody, connection: Transaction, acting: AgencyActs
) -> LegBody:
    """Take the offer back, with its siblings if asked for."""
    leg = await withdraw_referral(connection, leg_id, **body.model_dump(), acting=acting)
    return LegBody.of(leg, acting.now)


@router.post("/{leg_id}/contacts", response_model=LegBody)
async def post_contact(
    leg_id: UUID,
    body: ContactBody,
    connection: Transaction,
    acting: AgencyActs,
    key: IdempotencyKey,
) -> JSONResponse:
    """Record a contact with the person.

    `application` starts the 14 days to decide, `decision-extended` with its reason as `memo`
    makes them 30, `decision` ends them; `safety-confirmed` ends the 48 hours of a child. So do
    `safety-confirmed-elsewhere` and `safety-passed-on`, with how as `memo` and `authorised_by`.
    """

    async def act() -> Leg:
        return await record_contact(connection, leg_id, **body.model_dump(), acting=acting)

    return await _once(connection, acting, key, body, act)


@router.post("/{leg_id}/confirm")
async def post_confirm(
    leg_id: UUID, body: ConfirmBody, request: Request, acting: AgencyActs
) -> LegBody:
    """Stamp that the person came with the code."""
    engine = request.app.state.engine
    async with (
        code_tried(engine, acting.principal, body.code, acting.now),
        transaction(engine, acts_of(request)) as connection,
    ):
        leg = await confirm_person(connection, leg_id, body.code, body.at, acting)
    return LegBody.of(leg, acting.now)


@router.post("/{leg_id}/hand-on", response_model=LegBody)
async def post_hand_on(
    leg_id: UUID,
    body: HandOnBody,
    connection: Transaction,
    acting: AgencyActs,
    key: IdempotencyKey,
) -> JSONResponse:
    """Offer one's leg to another agency; it goes on until the other accepts."""

    async def act() -> Leg:
        return await hand_on_referral(connection, leg_id, body.offer(acting), acting)

    return await _once(connection, acting, key, body, act)


@router.post("/{leg_id}/check-in")
async def post_check_in(
    leg_id: UUID, body: Timed, connection: Transaction, acting: AgencyActs
) -> LegBody:
    """Say that support goes on."""
    leg = await check_in(connection, leg_id, body.at, acting)
    return LegBody.of(leg, acting.now)


@router.post("/{leg_id}/assign")
async def post_assign(
    leg_id: UUID, body: AssignBody, request: Request, connection: Transaction, acting: AgencyActs
) -> LegBody:
    """Give the leg to one person of the agency."""
    members = await request.app.state.gate.members(acting.agency)
    leg = await assign_person(
        connection, leg_id, account=body.account, members=members, at=body.at, acting=acting
    )
    return LegBody.of(leg, acting.now)


@router.post("/{leg_id}/close")
async def post_close(
    leg_id: UUID, body: CloseBody, connection: Transaction, acting: AgencyActs
) -> LegBody:
    """End support on this leg with an outcome."""
    leg = await close_referral(connection, leg_id, **body.model_dump(), acting=acting)
    return LegBody.of(leg, acting.now)


@router.post("/{leg_id}/reopen")
async def post_reopen(
    leg_id: UUID, body: ReasonBody, connection: Transaction, acting: AgencyActs
) -> LegBody:
    """Offer an ended leg again."""
    leg = await reopen_referral(connection, leg_id, body.reason, body.at, acting)
    return LegBody.of(leg, acting.now)


@router.post("/{leg_id}/void")
async def post_void(
    leg_id: UUID, body: ReasonBody, connection: ServiceTransaction, acting: AdministratorActs
) -> LegBody:
    """Undo a leg that was entered in error."""
    leg = await void_referral(connection, leg_id, body.reason, body.at, acting)
    return LegBody.of(leg, acting.now)


async def _once(
    connection: Any,
    acting: Acting,
    key: Any,
    body: Timed,
    act: Callable[[], Awaitable[Leg]],
) -> JSONResponse:
    async def answer() -> LegBody:
        return LegBody.of(await act(), acting.now)

    return await answer_once(connection, acting.principal, key, body, 200, answer)
