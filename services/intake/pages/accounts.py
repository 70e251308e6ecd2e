"""The administrator's page of accounts: who may sign in, as what, and until when."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.intake.pages.fields import ACCOUNT
from shared.database import transaction
from shared.errors import Conflict, FieldFault, InvalidInput, Problem
from shared.identity.accounts import check_scope, create_account, disable_account, list_accounts
from shared.identity.principal import Role
from shared.web.access import Administering
from shared.web.forms import Form, Typed, read_form
from shared.web.rendering import render
from shared.web.requests import Moment

router = APIRouter(prefix="/admin", include_in_schema=False)

ROLES = (
    (Role.COUNTER.value, "窓口（相談を書く）"),
    (Role.AGENCY.value, "機関（つなぎを受ける）"),
    (Role.MANAGER.value, "管理職（指標を見る）"),
    (Role.ADMIN.value, "管理者"),
)

DONE = {"made": "アカウントを作りました。", "disabled": "アカウントを停止しました。"}


def _refuse_empty(typed: Typed) -> None:
    empty = [name for name in ("login", "name", "role", "password") if not typed.one(name)]
    if empty:
        faults = [FieldFault((name,), "missing", "この項目を入力してください。") for name in empty]
        raise InvalidInput("invalid-input", "入力の内容をご確認ください。", errors=faults)


async def _page(
    request: Request, typed: Typed | None = None, problem: Problem | None = None
) -> Response:
    async with transaction(request.app.state.gate.engine) as connection:
        accounts = await list_accounts(connection)
    status = 200 if problem is None else problem.status
    return render(
        request,
        "accounts.html",
        status=status,
        accounts=accounts,
        roles=ROLES,
        agencies=[(known.id, known.name) for known in request.app.state.plan.agencies.values()],
        form=Form(ACCOUNT, typed, problem),
        done="" if problem else DONE.get(request.query_params.get("done", ""), ""),
    )


@router.get("/accounts")
async def get_accounts(request: Request, _: Administering) -> Response:
    """Every account, and a form for a new one."""
    return await _page(request)


@router.post("/accounts")
async def post_account(request: Request, _: Administering, now: Moment) -> Response:
    """Make an account."""
    typed = await read_form(request)
    try:
        _refuse_empty(typed)
        if typed.one("role") not in {value for value, _ in ROLES}:
            raise InvalidInput.field("role", code="missing", detail="役割を選んでください。")
        role = Role(typed.one("role"))
        agency = typed.optional("agency")
        check_scope(role, agency, frozenset(request.app.state.plan.agencies))
        async with transaction(request.app.state.gate.engine) as connection:
            await create_account(
                connection,
                login=typed.one("login")[:100],
                name=typed.one("name")[:40],
                role=role,
                agency=agency,
                password=typed.one("password"),
                now=now,
            )
    except Problem as problem:
        return await _page(request, typed, problem)
    return RedirectResponse("/admin/accounts?done=made", status_code=303)


@router.post("/accounts/{account_id}/disable")
async def post_disable(
    request: Request, account_id: UUID, principal: Administering, now: Moment
) -> Response:
    """Let nobody sign in with it any more; the last administrator must not lock the door."""
    if principal.key == account_id:
        raise Conflict("own-account", "ご自分のアカウントは止められません。", extra={"allowed": []})
    async with transaction(request.app.state.gate.engine) as connection:
        await disable_account(connection, account_id, now)
    return RedirectResponse("/admin/accounts?done=disabled", status_code=303)
