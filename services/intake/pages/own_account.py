"""One's own account: the password, and where one is signed in."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.intake.pages.fields import PASSWORD
from services.intake.pages.session_cookie import session_secret, signed_in, visitor_of
from shared.database import transaction
from shared.errors import Problem
from shared.identity.own_password import change_password
from shared.identity.sessions import end_session, end_sessions, list_sessions
from shared.web.access import ComingIn, SignedIn
from shared.web.forms import Form, read_form, refuse_empty
from shared.web.rendering import render
from shared.web.requests import Moment, own_acts

router = APIRouter(prefix="/account", include_in_schema=False)

DONE = {
    "password": "パスワードを変えました。ほかの場所のサインインは終わりました。",
    "ended": "そのサインインを終わらせました。",
    "others": "ほかの場所のサインインを、すべて終わらせました。",
}


@router.get("")
async def get_account(request: Request, principal: SignedIn, now: Moment) -> Response:
    """Where one is signed in."""
    async with transaction(request.app.state.gate.engine, own_acts(request)) as connection:
        sessions = await list_sessions(connection, principal.key, session_secret(request), now)
    done = DONE.get(request.query_params.get("done", ""), "")
    return render(request, "account.html", sessions=sessions, done=done)


@router.post("/sessions/end")
async def post_end_others(request: Request, principal: SignedIn) -> Response:
    """Sign out everywhere else."""
    async with transaction(request.app.state.gate.engine, own_acts(request)) as connection:
        await end_sessions(connection, principal.key, but=session_secret(request))
    return RedirectResponse("/account?done=others", status_code=303)


@router.post("/sessions/{session_id}/end")
async def post_end(request: Request, session_id: UUID, principal: SignedIn) -> Response:
    """Sign out in one other place."""
    async with transaction(request.app.state.gate.engine, own_acts(request)) as connection:
        await end_session(connection, principal.key, session_id)
    return RedirectResponse("/account?done=ended", status_code=303)


@router.get("/password")
async def get_password(request: Request, _: ComingIn) -> Response:
    """The form for a new password."""
    return render(request, "password.html", form=Form(PASSWORD))


@router.post("/password")
async def post_password(request: Request, principal: ComingIn, now: Moment) -> Response:
    """Change the password; this browser goes on with a new session, every other one ends."""
    typed = await read_form(request)
    old, new, again = (typed.exact(name) for name in PASSWORD)
    try:
        refuse_empty(typed, PASSWORD)
        secret = await change_password(
            request.app.state.gate.engine,
            request.app.state.passwords,
            principal.key,
            old=old,
            new=new,
            again=again,
            visitor=visitor_of(request),
            now=now,
        )
    except Problem as problem:
        form = Form(PASSWORD, typed, problem)
        return render(
            request, "password.html", status=problem.status, headers=problem.headers, form=form
        )
    return signed_in(request, secret, "/" if principal.must_change else "/account?done=password")
