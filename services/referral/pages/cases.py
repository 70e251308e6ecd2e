"""The inbox 受付箱, the list of cases, and the page of one case with what can be done now."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.pages.bodies import CallBody, CloseCaseBody, ReasonBody, ReferForm, Timed
from services.referral.pages.context import AgencyActs
from services.referral.pages.deeds import DEEDS, Desk
from services.referral.pages.fields import DEED_FIELDS, DONE
from services.referral.usecases.acting import Acting
from services.referral.usecases.find_duplicates import find_duplicates
from services.referral.usecases.follow_milestones import offered_bases
from services.referral.usecases.lead_case import close_case, take_over
from services.referral.usecases.offer_referrals import offer_referrals
from services.referral.usecases.show_cases import list_cases, show_case, show_inbox
from services.referral.usecases.telephone import TELEPHONED, telephone
from shared.database import transaction
from shared.errors import Forbidden, NotFound, Problem
from shared.japanese_time import japanese_day
from shared.plan.calling import calls_now
from shared.plan.routing import suggest, taking_on
from shared.web.access import AtAgency, AtDesk
from shared.web.forms import Form, Typed, read_form, validated
from shared.web.idempotency import form_key, redirect_once
from shared.web.rendering import render
from shared.web.requests import Moment, Transaction

router = APIRouter(prefix="/referral", include_in_schema=False)

Filled = TypeVar("Filled", bound=Timed)


@router.get("/inbox")
async def get_inbox(
    request: Request, principal: AtAgency, connection: Transaction, now: Moment
) -> Response:
    """What waits for this agency, and what it is working on."""
    entries = await show_inbox(connection, principal.agency or "", request.app.state.plan, now)
    return render(
        request,
        "inbox.html",
        waiting=[entry for entry in entries if entry.leg.state == "offered"],
        working=[entry for entry in entries if entry.leg.state != "offered"],
        done=_done(request),
    )


@router.get("/cases")
async def get_cases(
    request: Request, principal: AtDesk, connection: Transaction, now: Moment
) -> Response:
    """The cases that this agency is a party to."""
    found = await list_cases(connection, principal.agency or "", request.app.state.plan, now)
    return render(request, "cases.html", found=found)


def _done(request: Request) -> str:
    return DONE.get(request.query_params.get("done", ""), "")


async def _page(
    request: Request,
    case_id: UUID,
    acting: Acting,
    *,
    refused: Form | None = None,
    deed: str = "",
) -> Response:
    """The case, with an empty form for each deed but the refused one."""

    def form(action: str, leg_id: UUID | None = None) -> Form:
        key = action if leg_id is None else f"{action}-{leg_id}"
        first = {"on": japanese_day(acting.now).isoformat()}
        blank = Form(DEED_FIELDS[action], Typed(first=first), prefix=f"{key}-")
        return refused if refused is not None and key == deed else blank

    problem = None if refused is None else refused.problem
    plan = request.app.state.plan
    async with transaction(request.app.state.engine) as connection:
        shown = await show_case(
            connection, case_id, acting.agency, plan, acting.now, receives=acting.receives
        )
        bases = await offered_bases(connection, plan, acting.now)
        duplicates = await find_duplicates(connection, shown, plan, acting.now)
    members = await request.app.state.gate.members(acting.agency) if acting.receives else []
    named = suggest(
        plan,
        shown.case.topics,
        age_band=shown.case.facts.get("age_band"),
        district=shown.case.facts.get("district"),
        takes=taking_on(plan, japanese_day(acting.now)),
    )
    named = [found for found in named if found.agency != acting.agency]
    first = [found.agency for found in named]
    others = [name for name in plan.agencies if name not in first and name != acting.agency]
    return render(
        request,
        "case.html",
        status=200 if problem is None else problem.status,
        shown=shown,
        form=form,
        refused=refused or Form({}),
        done="" if refused else _done(request),
        destinations=[(name, plan.agency_name(name)) for name in first + others],
        suggested=named,
        members=[(str(one.key), one.name) for one in members],
        bases=list(bases.items()),
        duplicates=duplicates,
        calls=calls_now(plan, shown.case.topics, shown.case.urgency),
        called=[act for act in shown.acts if act.action == TELEPHONED],
    )


@router.get("/cases/{case_id}")
async def get_case(request: Request, case_id: UUID, acting: AgencyActs) -> Response:
    """One case."""
    return await _page(request, case_id, acting)


@router.post("/cases/{case_id}/referrals")
async def post_offer(request: Request, case_id: UUID, acting: AgencyActs) -> Response:
    """Offer the case to more agencies."""

    async def act(connection: AsyncConnection, body: ReferForm) -> None:
        await offer_referrals(connection, case_id, body.offer(acting), acting, lead_chosen=False)

    return await _do(request, case_id, "offer", ReferForm, acting, act)


@router.post("/cases/{case_id}/calls")
async def post_call(request: Request, case_id: UUID, acting: AgencyActs) -> Response:
    """Stamp that somebody was called."""

    async def act(connection: AsyncConnection, body: CallBody) -> None:
        await telephone(connection, case_id, body.whom, body.at, acting)

    return await _do(request, case_id, "call", CallBody, acting, act)


@router.post("/cases/{case_id}/take-over")
async def post_take_over(request: Request, case_id: UUID, acting: AgencyActs) -> Response:
    """The coordinator becomes the holder."""

    async def act(connection: AsyncConnection, body: ReasonBody) -> None:
        await take_over(connection, case_id, body.reason, body.at, acting)

    return await _do(request, case_id, "take-over", ReasonBody, acting, act)


@router.post("/cases/{case_id}/close")
async def post_close(request: Request, case_id: UUID, acting: AgencyActs) -> Response:
    """End the case."""

    async def act(connection: AsyncConnection, body: CloseCaseBody) -> None:
        await close_case(connection, case_id, **body.model_dump(), acting=acting)

    return await _do(request, case_id, "close-case", CloseCaseBody, acting, act)


@router.post("/cases/{case_id}/referrals/{leg_id}/{action}")
async def post_deed(
    request: Request, case_id: UUID, leg_id: UUID, action: str, acting: AgencyActs
) -> Response:
    """Do one of the table's actions to a leg."""
    if action not in DEEDS:
        raise NotFound("not-found", "お探しのものは見つかりませんでした。")
    model, deed = DEEDS[action]
    members = await request.app.state.gate.members(acting.agency) if action == "assign" else []

    async def act(connection: AsyncConnection, body: Timed) -> None:
        await deed(Desk(connection, acting, members), leg_id, body)

    return await _do(request, case_id, action, model, acting, act, leg_id=leg_id)


async def _do(
    request: Request,
    case_id: UUID,
    action: str,
    model: type[Filled],
    acting: Acting,
    act: Callable[[AsyncConnection, Filled], Awaitable[None]],
    *,
    leg_id: UUID | None = None,
) -> Response:
    """Do once what a form asks for; a refused one comes back with what was typed."""
    typed = await read_form(request)
    names = [name for name in model.model_fields if name != "at"]
    values: dict[str, Any] = {name: typed.one(name) for name in names if typed.one(name)}
    if action == "offer":
        values["to"] = typed.many("to")
    try:
        body = validated(model, values)
        async with transaction(request.app.state.engine) as connection:

            async def done() -> str:
                await act(connection, body)
                where = "inbox" if action == "return" else f"cases/{case_id}"
                return f"/referral/{where}?done={action}"

            key = form_key(request, typed.one("form_key"))
            to = await redirect_once(connection, acting.principal, key, body, done)
    except (Forbidden, NotFound):
        raise
    except Problem as problem:
        deed = action if leg_id is None else f"{action}-{leg_id}"
        form = Form(DEED_FIELDS[action], typed, problem, prefix=f"{deed}-")
        return await _page(request, case_id, acting, refused=form, deed=deed)
    return RedirectResponse(to, status_code=303)
