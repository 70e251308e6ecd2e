"""The pages of an agency's life: pausing 受け入れの停止, and taking over 人事異動."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.referral.pages.agencies_api import PauseBody
from services.referral.pages.bodies import Word
from services.referral.pages.context import AgencyActs
from services.referral.pages.fields import PAUSE, REASSIGNMENT
from services.referral.usecases.acting import Acting
from services.referral.usecases.pause_agency import (
    end_pause,
    move_offers,
    pause_agency,
    show_pauses,
)
from services.referral.usecases.reassign_legs import reassign_legs, show_loads
from services.referral.usecases.tend_agencies import by_itself
from shared.database import transaction
from shared.errors import Forbidden, Problem
from shared.japanese_time import japanese_day
from shared.web.access import AtAgency
from shared.web.forms import Form, Typed, read_form, validated
from shared.web.idempotency import form_key, redirect_once
from shared.web.models import ApiModel
from shared.web.rendering import render
from shared.web.requests import acts_of

router = APIRouter(prefix="/referral", include_in_schema=False)

_DONE: Mapping[str, str] = {
    "paused": "受け入れを止めました。返事を待っていた依頼は、代わりの機関に届けました。",
    "planned": "受け入れの停止を予定しました。その日になると、代わりの機関に届きます。",
    "ended": "受け入れを再開しました。",
    "reassigned": "担当を引き継ぎました。",
}


class ReassignBody(ApiModel):
    """Who leaves, and who follows: account ids."""

    leaving: UUID
    to: Word


def _done(request: Request) -> str:
    return _DONE.get(request.query_params.get("done", ""), "")


async def _pause_page(
    request: Request, acting: Acting, typed: Typed | None = None, problem: Problem | None = None
) -> Response:
    plan = acting.plan
    async with transaction(request.app.state.engine, acts_of(request)) as connection:
        pauses = await show_pauses(connection, acting)
    today = japanese_day(acting.now)
    there = [(known.id, known.name) for known in plan.agencies.values() if known.valid_on(today)]
    first = {"agency": acting.agency, "from": today.isoformat()}
    return render(
        request,
        "pause.html",
        status=200 if problem is None else problem.status,
        pauses=pauses,
        today=today,
        everybody=acting.agency == plan.coordinator,
        agencies=there,
        form=Form(PAUSE, typed or Typed(first=first), problem),
        done="" if problem else _done(request),
    )


def _refuse_other_desks(acting: Acting) -> None:
    if not acting.receives and acting.agency != acting.plan.coordinator:
        detail = "受け入れの停止は、機関のアカウントでしてください。"
        raise Forbidden("forbidden", detail)


@router.get("/pauses")
async def get_pauses(request: Request, acting: AgencyActs) -> Response:
    """The pauses of one's own agency, or of all for the coordinator, and a form for a new one."""
    _refuse_other_desks(acting)
    return await _pause_page(request, acting)


@router.post("/pauses")
async def post_pause(request: Request, acting: AgencyActs) -> Response:
    """Pause an agency; what waits there goes to the substitute at once."""
    _refuse_other_desks(acting)
    typed = await read_form(request)
    agency = typed.one("agency") or acting.agency
    names = ("from", "until", "substitute", "reason")
    values: dict[str, Any] = {name: typed.one(name) for name in names}
    try:
        body = validated(PauseBody, values)
        async with transaction(request.app.state.engine, acts_of(request)) as connection:

            async def act() -> str:
                pause = await pause_agency(
                    connection,
                    agency,
                    first=body.first,
                    last=body.until,
                    substitute=body.substitute,
                    reason=body.reason,
                    acting=acting,
                )
                begun = pause.covers(japanese_day(acting.now))
                return f"/referral/pauses?done={'paused' if begun else 'planned'}"

            key = form_key(request, typed.one("form_key"))
            to = await redirect_once(connection, acting.principal, key, body, act)
    except Forbidden:
        raise
    except Problem as problem:
        return await _pause_page(request, acting, typed, problem)
    system = by_itself(acting.plan, acting.outbox, acting.now)
    await move_offers(request.app.state.engine, system, of=agency)
    return RedirectResponse(to, status_code=303)


@router.post("/pauses/{agency}/end")
async def post_end_pause(request: Request, agency: str, acting: AgencyActs) -> Response:
    """Take offers again."""
    try:
        async with transaction(request.app.state.engine, acts_of(request)) as connection:
            await end_pause(connection, agency, acting)
    except Forbidden:
        raise
    except Problem as problem:
        return await _pause_page(request, acting, problem=problem)
    return RedirectResponse("/referral/pauses?done=ended", status_code=303)


async def _reassign_page(
    request: Request, acting: Acting, typed: Typed | None = None, problem: Problem | None = None
) -> Response:
    members = await request.app.state.gate.members(acting.agency)
    async with transaction(request.app.state.engine, acts_of(request)) as connection:
        loads = await show_loads(connection, members, acting)
    return render(
        request,
        "reassign.html",
        status=200 if problem is None else problem.status,
        loads=loads,
        leaving=[(str(load.account), f"{load.name}（{load.legs}件）") for load in loads],
        members=[(str(one.key), f"{one.name}（{one.login}）") for one in members],
        form=Form(REASSIGNMENT, typed, problem),
        done="" if problem else _done(request),
    )


@router.get("/reassign")
async def get_reassign(request: Request, _: AtAgency, acting: AgencyActs) -> Response:
    """Who takes care of how much, and a form to give all of one person's to another."""
    return await _reassign_page(request, acting)


@router.post("/reassign")
async def post_reassign(request: Request, _: AtAgency, acting: AgencyActs) -> Response:
    """Give everything of one person to another, in one transaction."""
    typed = await read_form(request)
    members = await request.app.state.gate.members(acting.agency)
    values = {name: typed.one(name) for name in ("leaving", "to")}
    try:
        body = validated(ReassignBody, values)
        async with transaction(request.app.state.engine, acts_of(request)) as connection:

            async def act() -> str:
                await reassign_legs(connection, body.leaving, body.to, members, acting)
                return "/referral/reassign?done=reassigned"

            key = form_key(request, typed.one("form_key"))
            to = await redirect_once(connection, acting.principal, key, body, act)
    except Problem as problem:
        return await _reassign_page(request, acting, typed, problem)
    return RedirectResponse(to, status_code=303)
