"""The administrator's page of tokens: which machines may call, as what, and until when."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.intake.pages.fields import TOKEN
from services.intake.pages.scopes import ROLES, agencies_of, read_scope
from shared.database import transaction
from shared.errors import InvalidInput, Problem
from shared.identity.naming import refuse_person
from shared.identity.tokens import create_token, end_token, list_tokens
from shared.web.access import Administering
from shared.web.forms import Form, Typed, read_form, refuse_empty
from shared.web.guarding import names_somebody
from shared.web.rendering import render
from shared.web.requests import Moment, own_acts

router = APIRouter(prefix="/admin/tokens", include_in_schema=False)

DAYS = (("30", "30日"), ("90", "90日"), ("365", "1年"))
DONE = {"revoked": "鍵を取り消しました。"}


async def _page(
    request: Request,
    now: Moment,
    typed: Typed | None = None,
    problem: Problem | None = None,
    secret: str = "",
) -> Response:
    async with transaction(request.app.state.gate.engine, own_acts(request)) as connection:
        tokens = await list_tokens(connection)
    return render(
        request,
        "tokens.html",
        status=200 if problem is None else problem.status,
        tokens=tokens,
        now=now,
        roles=ROLES,
        agencies=agencies_of(request, now),
        days=DAYS,
        form=Form(TOKEN, typed, problem),
        secret=secret,
        done="" if problem else DONE.get(request.query_params.get("done", ""), ""),
    )


@router.get("")
async def get_tokens(request: Request, _: Administering, now: Moment) -> Response:
    """Every token, and a form for a new one."""
    return await _page(request, now)


@router.post("")
async def post_token(request: Request, _: Administering, now: Moment) -> Response:
    """Make a token, and show it this once."""
    typed = await read_form(request)
    try:
        refuse_empty(typed, ("name", "role", "days"))
        if typed.one("days") not in dict(DAYS):
            raise InvalidInput.field("days", code="missing", detail="期限を選んでください。")
        role, agency = read_scope(request, typed, now)
        refuse_person(named=names_somebody(typed.one("name")))
        async with transaction(request.app.state.gate.engine, own_acts(request)) as connection:
            secret = await create_token(
                connection,
                name=typed.one("name"),
                role=role,
                agency=agency,
                now=now,
                lifetime=timedelta(days=int(typed.one("days"))),
            )
    except Problem as problem:
        return await _page(request, now, typed, problem)
    return await _page(request, now, secret=secret)


@router.post("/{token_id}/revoke")
async def post_revoke(request: Request, token_id: UUID, _: Administering, now: Moment) -> Response:
    """Make whoever still has it a stranger, at once."""
    async with transaction(request.app.state.gate.engine, own_acts(request)) as connection:
        await end_token(connection, token_id, now)
    return RedirectResponse("/admin/tokens?done=revoked", status_code=303)
