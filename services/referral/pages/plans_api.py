"""The machine interface to a case's support plan: draft, adopt, review."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from services.referral.pages.bodies import Timed
from services.referral.pages.conference_answers import VersionBody
from services.referral.pages.conference_bodies import PlanBody, ReviewBody
from services.referral.pages.context import AgencyActs
from services.referral.usecases.plan_support import adopt_plan, draft_plan, review_plan
from shared.web.idempotency import IdempotencyKey, answer_once
from shared.web.requests import Transaction

router = APIRouter(prefix="/referral/api/cases", tags=["referral"])


@router.post("/{case_id}/plan", status_code=201, response_model=VersionBody)
async def post_plan(
    case_id: UUID,
    body: PlanBody,
    connection: Transaction,
    acting: AgencyActs,
    key: IdempotencyKey,
) -> JSONResponse:
    """Write a new version of the plan, which waits to be adopted."""

    async def act() -> VersionBody:
        draft = body.draft(case_id, acting)
        return VersionBody.of(await draft_plan(connection, draft, body.at, acting))

    return await answer_once(connection, acting.principal, key, body, 201, act)


@router.post("/{case_id}/plan/adopt")
async def post_adoption(
    case_id: UUID, body: Timed, connection: Transaction, acting: AgencyActs
) -> VersionBody:
    """Put the draft in force."""
    return VersionBody.of(await adopt_plan(connection, case_id, body.at, acting))


@router.post("/{case_id}/plan/review", response_model=VersionBody)
async def post_review(
    case_id: UUID,
    body: ReviewBody,
    connection: Transaction,
    acting: AgencyActs,
    key: IdempotencyKey,
) -> JSONResponse:
    """Score the goals of the plan in force."""

    async def act() -> VersionBody:
        plan = await review_plan(
            connection, case_id, body.pairs(), body.next_review, body.at, acting
        )
        return VersionBody.of(plan)

    return await answer_once(connection, acting.principal, key, body, 200, act)
