"""The administrator's page of agencies that end or are reorganised 機関の引き継ぎ."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.referral.pages.agencies_api import SuccessionBody
from services.referral.pages.context import AdministratorActs
from services.referral.pages.fields import SUCCESSION
from services.referral.usecases.acting import Acting
from services.referral.usecases.succeed_agency import move_cases, name_successor, show_successions
from shared.database import transaction
from shared.errors import Problem
from shared.web.forms import Form, Typed, read_form, validated
from shared.web.rendering import render
from shared.web.requests import acts_of

router = APIRouter(prefix="/referral", include_in_schema=False)


class _Ending(SuccessionBody):
    """The same from the page, which also asks which agency ends."""

    agency: str


async def _page(
    request: Request, acting: Acting, typed: Typed | None = None, problem: Problem | None = None
) -> Response:
    plan = acting.plan
    async with transaction(request.app.state.engine, acts_of(request)) as connection:
        shown = await show_successions(connection, acting)
    done = request.query_params.get("done") == "moved" and problem is None
    return render(
        request,
        "successions.html",
        status=200 if problem is None else problem.status,
        shown=shown,
        agencies=[(known.id, known.name) for known in plan.agencies.values()],
        form=Form(SUCCESSION, typed, problem),
        done="引き継ぎを始めました。残りがあるあいだは、自動で続きます。" if done else "",
    )


@router.get("/agencies")
async def get_agencies(request: Request, acting: AdministratorActs) -> Response:
    """Who follows whom, how much is left to bring over, and a form for a new succession."""
    return await _page(request, acting)


@router.post("/agencies")
async def post_succession(request: Request, acting: AdministratorActs) -> Response:
    """Name who follows an agency, and bring its cases over."""
    typed = await read_form(request)
    engine = request.app.state.engine
    try:
        body = validated(_Ending, {name: typed.one(name) for name in SUCCESSION})
        async with transaction(engine, acts_of(request)) as connection:
            await name_successor(connection, body.agency, body.to, body.reason, acting)
    except Problem as problem:
        return await _page(request, acting, typed, problem)
    await move_cases(engine, body.agency, acting)
    return RedirectResponse("/referral/agencies?done=moved", status_code=303)
