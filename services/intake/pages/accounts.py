"""The administrator's page of accounts: who may sign in, as what, and until when."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.intake.pages.fields import ACCOUNT
from services.intake.pages.scopes import ROLES, agencies_of, read_scope
from shared.database import transaction
from shared.errors import Conflict, Problem
from shared.identity.accounts import (
    create_account,
    disable_account,
    list_accounts,
    reset_password,
)
from shared.identity.passwords import new_password
from shared.web.access import Administering
from shared.web.forms import Form, Typed, read_form, refuse_empty
from shared.web.rendering import render
from shared.web.requests import Moment, own_acts

router = APIRouter(prefix="/admin", include_in_schema=False)

DONE = {"disabled": "アカウントを停止しました。"}


async def _page(
    request: Request,
    now: datetime,
    typed: Typed | None = None,
    problem: Problem | None = None,
    handed_over: tuple[str, str] | None = None,
) -> Response:
    async with transaction(request.app.state.gate.engine, own_acts(request)) as connection:
        accounts = await list_accounts(connection)
    status = 200 if problem is None else problem.status
    return render(
        request,
        "accounts.html",
        status=status,
        accounts=accounts,
        roles=ROLES,
        agencies=agencies_of(request, now),
        form=Form(ACCOUNT, typed, problem),
        handed_over=handed_over,
        done="" if problem else DONE.get(request.query_params.get("done", ""), ""),
    )


@router.get("/accounts")
async def get_accounts(request: Request, _: Administering, now: Moment) -> Response:
    """Every account, and a form for a new one."""
    return await _page(request, now)


@router.post("/accounts")
async def post_account(request: Request, _: Administering, now: Moment) -> Response:
    """Make an account, and show its first password this once."""
    typed = await read_form(request)
    try:
        refuse_empty(typed, ("login", "name", "role"))
        role, agency = read_scope(request, typed, now)
        login, password = typed.one("login"), new_password()
        async with transaction(request.app.state.gate.engine, own_acts(request)) as connection:
            await create_account(
                connection,
                login=login,
                name=typed.one("name"),
                role=role,
                agency=agency,
                password=password,
                now=now,
            )
    except Problem as problem:
        return await _page(request, now, typed, problem)
    return await _page(request, now, handed_over=(login, password))


@router.post("/accounts/{account_id}/reset")
async def post_reset(
    request: Request, account_id: UUID, principal: Administering, now: Moment
) -> Response:
    """Give an account a new first password, and show it this once; its sessions end."""
    if principal.key == account_id:
        detail = "ご自分のパスワードは、ご自分のアカウントの画面で変えてください。"
        raise Conflict("own-account", detail, extra={"allowed": []})
    async with transaction(request.app.state.gate.engine, own_acts(request)) as connection:
        handed_over = await reset_password(connection, account_id)
    return await _page(request, now, handed_over=handed_over)


@router.post("/accounts/{account_id}/disable")
async def post_disable(
    request: Request, account_id: UUID, principal: Administering, now: Moment
) -> Response:
    """Let nobody sign in with it any more; the last administrator must not lock the door."""
    if principal.key == account_id:
        raise Conflict("own-account", "ご自分のアカウントは止められません。", extra={"allowed": []})
    async with transaction(request.app.state.gate.engine, own_acts(request)) as connection:
        await disable_account(connection, account_id, now)
    return RedirectResponse("/admin/accounts?done=disabled", status_code=303)
