"""The machine interface of the referral service."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from services.referral.domain.routing import suggest
from services.referral.pages.answers import (
    CaseBody,
    InboxBody,
    LegBody,
    OfferedBody,
    SuggestionBody,
)
from services.referral.pages.bodies import (
    CloseBody,
    ContactBody,
    ReferBody,
    ReturnBody,
    Timed,
    WithdrawBody,
)
from services.referral.pages.context import AgencyActs
from services.referral.usecases.answer_referral import accept_referral, return_referral
from services.referral.usecases.offer_referrals import (
    offer_referrals,
    reopen_referral,
    withdraw_referral,
)
from services.referral.usecases.show_cases import show_case, show_inbox
from services.referral.usecases.support import close_referral, record_contact
from shared.errors import FieldFault, InvalidInput
from shared.web.access import AtAgency, SignedIn
from shared.web.idempotency import IdempotencyKey, answer_once
from shared.web.requests import Moment, Transaction

router = APIRouter(prefix="/referral/api", tags=["referral"])


@router.get("/suggestions")
async def get_suggestions(
    request: Request,
    _: SignedIn,
    topics: Annotated[str, Query(max_length=2000)],
    age_band: Annotated[str | None, Query(max_length=64)] = None,
    district: Annotated[str | None, Query(max_length=64)] = None,
) -> list[SuggestionBody]:
    """The agencies that the plan names for these topics."""
    plan = request.app.state.plan
    names = [name for name in topics.split(",") if name]
    faults = [
        FieldFault(("topics",), "unknown-code", "一覧にない相談内容です。")
        for name in names
        if name not in plan.topics
    ]
    if age_band is not None and age_band not in plan.codes["age_band"]:
        faults.append(FieldFault(("age_band",), "unknown-code", "一覧にない年齢区分です。"))
    if district is not None and district not in plan.codes["district"]:
        faults.append(FieldFault(("district",), "unknown-code", "一覧にない地区です。"))
    if faults:
        raise InvalidInput("invalid-input", "入力の内容をご確認ください。", errors=faults)
    return [
        SuggestionBody(
            agency=found.agency,
            reason=found.reason,
            source_line=found.source_line,
            urgent=found.urgent,
        )
        for found in suggest(plan, names, age_band)
    ]


@router.get("/inbox")
async def get_inbox(
    request: Request, principal: AtAgency, connection: Transaction, now: Moment
) -> list[InboxBody]:
    """The open legs of the token's agency, by time left."""
    plan = request.app.state.plan
    entries = await show_inbox(connection, principal.agency or "", plan, now)
    return [InboxBody.of(entry) for entry in entries]


@router.get("/cases/{case_id}", response_model_exclude_none=False)
async def get_case(case_id: UUID, connection: Transaction, acting: AgencyActs) -> CaseBody:
    """One case, as far as this party may see it."""
    shown = await show_case(
        connection, case_id, acting.agency, acting.plan, acting.now, receives=acting.receives
    )
    return CaseBody.of(shown, acting.now)


@router.post("/cases/{case_id}/referrals", status_code=201, response_model=OfferedBody)
async def post_referrals(
    case_id: UUID,
    body: ReferBody,
    connection: Transaction,
    acting: AgencyActs,
    key: IdempotencyKey,
) -> JSONResponse:
    """Offer more legs."""

    async def act() -> OfferedBody:
        offered = await offer_referrals(
            connection, case_id, body.offer(acting), acting, lead_chosen=body.lead_chosen
        )
        legs = [LegBody.of(leg, acting.now) for leg in offered.legs]
        return OfferedBody(case_id=offered.case.id, legs=legs)

    return await answer_once(connection, acting.principal, key, body, 201, act)


@router.post("/referrals/{leg_id}/accept")
async def post_accept(
    leg_id: UUID, body: Timed, connection: Transaction, acting: AgencyActs
) -> LegBody:
    """Take the leg."""
    leg = await accept_referral(connection, leg_id, body.at, acting)
    return LegBody.of(leg, acting.now)


@router.post("/referrals/{leg_id}/return")
async def post_return(
    leg_id: UUID, body: ReturnBody, connection: Transaction, acting: AgencyActs
) -> LegBody:
    """Give the leg back with a reason."""
    leg = await return_referral(
        connection,
        leg_id,
        reason=body.reason,
        note=body.note,
        suggest=body.suggest,
        at=body.at,
        acting=acting,
    )
    return LegBody.of(leg, acting.now)


@router.post("/referrals/{leg_id}/withdraw")
async def post_withdraw(
    leg_id: UUID, body: WithdrawBody, connection: Transaction, acting: AgencyActs
) -> LegBody:
    """Take the offer back."""
    leg = await withdraw_referral(connection, leg_id, body.reason, body.at, acting)
    return LegBody.of(leg, acting.now)


@router.post("/referrals/{leg_id}/reopen")
async def post_reopen(
    leg_id: UUID, body: WithdrawBody, connection: Transaction, acting: AgencyActs
) -> LegBody:
    """Offer an ended leg again."""
    leg = await reopen_referral(connection, leg_id, body.reason, body.at, acting)
    return LegBody.of(leg, acting.now)


@router.post("/referrals/{leg_id}/contacts", response_model=LegBody)
async def post_contact(
    leg_id: UUID,
    body: ContactBody,
    connection: Transaction,
    acting: AgencyActs,
    key: IdempotencyKey,
) -> JSONResponse:
    """Record a contact with the person."""

    async def act() -> LegBody:
        leg = await record_contact(
            connection,
            leg_id,
            on=body.on,
            kind=body.kind,
            memo=body.memo,
            at=body.at,
            acting=acting,
        )
        return LegBody.of(leg, acting.now)

    return await answer_once(connection, acting.principal, key, body, 200, act)


@router.post("/referrals/{leg_id}/close")
async def post_close(
    leg_id: UUID, body: CloseBody, connection: Transaction, acting: AgencyActs
) -> LegBody:
    """End support on this leg with an outcome."""
    leg = await close_referral(
        connection,
        leg_id,
        outcome=body.outcome,
        ended_by=body.ended_by,
        note=body.note,
        at=body.at,
        acting=acting,
    )
    return LegBody.of(leg, acting.now)
