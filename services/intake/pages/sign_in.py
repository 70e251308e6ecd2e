"""Sign in and out, and the first page of each role."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from services.intake.pages.session_cookie import (
    remember,
    session_secret,
    signed_in,
    signed_out,
    visitor_of,
)
from services.intake.pages.sign_in_page import sign_in_page
from services.intake.pages.targets import local_path
from shared.database import transaction
from shared.errors import Problem
from shared.identity.naming import MOST_LOGIN
from shared.identity.principal import Role
from shared.identity.proxy_sign_in import sign_in_by_proxy
from shared.identity.sessions import end_session_of
from shared.identity.sign_in import sign_in
from shared.web.access import ComingIn, SignedIn, public
from shared.web.forms import read_form
from shared.web.requests import Moment, own_acts

router = APIRouter(include_in_schema=False)

FIRST_PAGE = {
    Role.COUNTER: "/intake/consultations/new",
    Role.AGENCY: "/referral/inbox",
    Role.MANAGER: "/metrics/indicators",
    Role.ADMIN: "/admin/accounts",
}


@router.get("/")
async def get_first_page(principal: SignedIn) -> Response:
    """Where each role begins."""
    return RedirectResponse(FIRST_PAGE[principal.role], status_code=303)


@router.get("/sign-in", dependencies=[Depends(public)])
async def get_sign_in(request: Request, now: Moment) -> Response:
    """The sign-in form, unless the city's proxy says who comes; whoever just left stays out."""
    state = request.app.state
    login: str | None = state.trusted_proxy.login_of(request)
    if login is None or "out" in request.query_params:
        return sign_in_page(request)
    try:
        secret = await sign_in_by_proxy(state.gate.engine, login, visitor_of(request), now)
    except Problem as problem:
        return sign_in_page(request, problem=problem)
    return signed_in(request, secret, local_path(request.query_params.get("next", "/")))


@router.post("/sign-in", dependencies=[Depends(public)])
async def post_sign_in(request: Request, now: Moment) -> Response:
    """Open a session with a new secret."""
    typed = await read_form(request)
    state = request.app.state
    try:
        opened = await sign_in(
            state.gate.engine,
            state.passwords,
            login=typed.one("login")[:MOST_LOGIN],
            password=typed.exact("password")[:200],
            visitor=visitor_of(request),
            now=now,
        )
    except Problem as problem:
        return sign_in_page(request, typed, problem)
    target = local_path(request.query_params.get("next", "/"))
    answer = signed_in(request, opened.session, target)
    remember(request, answer, opened.device)
    return answer


@router.post("/sign-out")
async def post_sign_out(request: Request, _: ComingIn) -> Response:
    """End the session."""
    async with transaction(request.app.state.gate.engine, own_acts(request)) as connection:
        method = await end_session_of(connection, session_secret(request))
    elsewhere = method not in (None, "password")
    return signed_out(request, f"/sign-in?out={method}" if elsewhere else "/sign-in")
