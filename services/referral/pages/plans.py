"""The page of a case's support plan 支援プラン: write a draft, adopt it, score its goals."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.support_plan import draft_of, in_force, may_have_role
from services.referral.pages.bodies import Timed
from services.referral.pages.conference_bodies import PlanBody, ReviewBody
from services.referral.pages.context import AgencyActs
from services.referral.pages.plan_forms import PlanSheet, plan_first, review_fields, review_values
from services.referral.usecases.acting import Acting
from services.referral.usecases.plan_support import adopt_plan, draft_plan, review_plan
from services.referral.usecases.show_cases import ShownCase, show_case
from shared.database import transaction
from shared.errors import Forbidden, NotFound, Problem
from shared.web.forms import Form, Typed, read_form, validated
from shared.web.idempotency import form_key, redirect_once
from shared.web.rendering import render
from shared.web.requests import acts_of

router = APIRouter(prefix="/referral/cases", include_in_schema=False)

_DONE = {
    "draft": "案を書きました。会議か主担当が決めると、支援プランになります。",
    "adopt": "支援プランに決めました。評価の日に、目標ごとに振り返ってください。",
    "review": "評価を記録しました。",
}


@router.get("/{case_id}/plan")
async def get_plan(request: Request, case_id: UUID, acting: AgencyActs) -> Response:
    """The plan, with what can be done to it now."""
    return await _page(request, await _shown(request, case_id, acting))


@router.post("/{case_id}/plan")
async def post_plan(request: Request, case_id: UUID, acting: AgencyActs) -> Response:
    """Write a new version."""
    typed = await read_form(request)
    sheet = PlanSheet(typed)

    async def act(connection: AsyncConnection) -> tuple[Timed, Callable[[], Awaitable[Any]]]:
        body = validated(PlanBody, sheet.values())
        draft = body.draft(case_id, acting)
        return body, lambda: draft_plan(connection, draft, body.at, acting)

    def refused(problem: Problem) -> Form:
        return Form(sheet.fields(), typed, problem)

    return await _do(request, case_id, "draft", typed, acting, act, refused)


@router.post("/{case_id}/plan/adopt")
async def post_adoption(request: Request, case_id: UUID, acting: AgencyActs) -> Response:
    """Put the draft in force."""

    async def act(connection: AsyncConnection) -> tuple[Timed, Callable[[], Awaitable[Any]]]:
        return Timed(), lambda: adopt_plan(connection, case_id, None, acting)

    typed = await read_form(request)
    return await _do(request, case_id, "adopt", typed, acting, act, lambda it: Form({}, None, it))


@router.post("/{case_id}/plan/review")
async def post_review(request: Request, case_id: UUID, acting: AgencyActs) -> Response:
    """Score the goals."""
    typed = await read_form(request)
    plan = in_force((await _shown(request, case_id, acting)).plans)

    async def act(connection: AsyncConnection) -> tuple[Timed, Callable[[], Awaitable[Any]]]:
        body = validated(ReviewBody, review_values(typed, plan))
        return body, lambda: review_plan(
            connection, case_id, body.pairs(), body.next_review, body.at, acting
        )

    def refused(problem: Problem) -> Form:
        return Form(review_fields(typed, plan), typed, problem, prefix="review-")

    return await _do(request, case_id, "review", typed, acting, act, refused)


async def _do(
    request: Request,
    case_id: UUID,
    deed: str,
    typed: Typed,
    acting: Acting,
    act: Callable[[AsyncConnection], Awaitable[tuple[Timed, Callable[[], Awaitable[Any]]]]],
    refused: Callable[[Problem], Form],
) -> Response:
    """Do once what a form asks for; a refused one comes back with what was typed."""
    try:
        async with transaction(request.app.state.engine, acts_of(request)) as connection:
            body, change = await act(connection)

            async def done() -> str:
                await change()
                return f"/referral/cases/{case_id}/plan?done={deed}"

            key = form_key(request, typed.one("form_key"))
            to = await redirect_once(connection, acting.principal, key, body, done)
    except (Forbidden, NotFound):
        raise
    except Problem as problem:
        shown = await _shown(request, case_id, acting)
        return await _page(request, shown, deed=deed, refused=refused(problem))
    return RedirectResponse(to, status_code=303)


async def _shown(request: Request, case_id: UUID, acting: Acting) -> ShownCase:
    async with transaction(request.app.state.engine, acts_of(request)) as connection:
        return await show_case(
            connection, case_id, acting.agency, acting.plan, acting.now, receives=acting.receives
        )


async def _page(
    request: Request, shown: ShownCase, *, deed: str = "", refused: Form | None = None
) -> Response:
    plan, current, draft = request.app.state.plan, in_force(shown.plans), draft_of(shown.plans)
    typed = Typed(first=plan_first(draft or current))
    if deed == "draft" and refused is not None:
        typed = await read_form(request)
    sheet = PlanSheet(typed)
    blank = Typed(first={})
    forms = {
        "draft": Form(sheet.fields(), typed),
        "adopt": Form({}),
        "review": Form(review_fields(blank, current), blank, prefix="review-"),
    }
    if refused is not None:
        forms[deed] = refused
    problem = None if refused is None else refused.problem
    agencies = may_have_role(shown.case, [entry.leg for entry in shown.legs])
    return render(
        request,
        "plan.html",
        status=200 if problem is None else problem.status,
        shown=shown,
        current=current,
        waiting=draft,
        forms=forms,
        deed=deed,
        refused=refused or Form({}),
        sheet=sheet,
        may="plan" in shown.allowed,
        agencies=[(name, plan.agency_name(name)) for name in agencies],
        done="" if refused else _DONE.get(request.query_params.get("done", ""), ""),
    )
