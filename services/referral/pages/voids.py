"""The administrator's page 誤りの取消: a leg that was entered in error counts nowhere."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.referral.domain.case import Leg
from services.referral.pages.bodies import ReasonBody
from services.referral.pages.context import AdministratorActs
from services.referral.pages.fields import CODE_SEARCH, VOID
from services.referral.usecases.acting import Acting
from services.referral.usecases.find_for_void import find_for_void
from services.referral.usecases.take_back import void_referral
from shared.database import transaction
from shared.errors import Problem
from shared.web.code_attempts import code_tried
from shared.web.forms import Form, Typed, read_form, validated
from shared.web.rendering import render
from shared.web.requests import own_acts

router = APIRouter(prefix="/referral/voids", include_in_schema=False)


def _page(
    request: Request,
    typed: Typed,
    legs: Sequence[Leg] = (),
    *,
    search: Problem | None = None,
    refused: tuple[UUID, Problem] | None = None,
    done: str = "",
) -> Response:
    problem = search or (refused[1] if refused else None)

    def form(leg_id: UUID) -> Form:
        mine = refused is not None and refused[0] == leg_id
        return Form(VOID, typed if mine else None, problem if mine else None, prefix=f"{leg_id}-")

    return render(
        request,
        "voids.html",
        status=200 if problem is None else problem.status,
        headers={} if problem is None else problem.headers,
        search=Form(CODE_SEARCH, typed, search),
        refused=form(refused[0]) if refused else Form(VOID),
        legs=legs,
        form=form,
        done=done,
    )


async def _find(request: Request, code: str, acting: Acting) -> list[Leg]:
    engine = request.app.state.engine
    async with (
        code_tried(engine, acting.principal, code, acting.now),
        transaction(engine, own_acts(request)) as connection,
    ):
        return await find_for_void(connection, code)


@router.get("")
async def get_voids(request: Request, _: AdministratorActs) -> Response:
    """Ask for the code of the case."""
    return _page(request, Typed(first={}))


@router.post("")
async def post_search(request: Request, acting: AdministratorActs) -> Response:
    """The legs of the case; the code comes in the form's body and never stands in an address."""
    typed = await read_form(request)
    try:
        return _page(request, typed, await _find(request, typed.one("code"), acting))
    except Problem as problem:
        return _page(request, typed, search=problem)


@router.post("/{leg_id}")
async def post_void(request: Request, leg_id: UUID, acting: AdministratorActs) -> Response:
    """Undo one leg, with a reason."""
    typed = await read_form(request)
    try:
        body = validated(ReasonBody, {"reason": typed.one("reason")})
        async with transaction(request.app.state.engine, own_acts(request)) as connection:
            await void_referral(connection, leg_id, body.reason, None, acting)
    except Problem as problem:
        legs = await _find(request, typed.one("code"), acting)
        return _page(request, typed, legs, refused=(leg_id, problem))
    legs = await _find(request, typed.one("code"), acting)
    return _page(request, typed, legs, done="つなぎを取り消しました。件数からも外れます。")
