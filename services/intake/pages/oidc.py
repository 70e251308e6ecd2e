"""Sign in at the city's own provider, and out of it again."""

import secrets

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from services.intake.pages.session_cookie import is_https, signed_in, visitor_of
from services.intake.pages.sign_in_page import sign_in_page
from services.intake.pages.targets import local_path
from shared.errors import NotFound, NotSignedIn, Problem
from shared.identity.oidc_provider import Provider
from shared.identity.oidc_sign_in import ATTEMPT, begin, finish
from shared.web.access import cookie_name, public
from shared.web.requests import Moment

router = APIRouter(prefix="/sign-in/oidc", include_in_schema=False, dependencies=[Depends(public)])


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.oidc
    if provider is None:
        raise NotFound("not-found", "庁内のサインインは、ここでは使われていません。")
    return provider


def _state_cookie(request: Request) -> str:
    return f"{cookie_name(request.app.state.public_url)}-oidc"


@router.get("")
async def get_oidc(request: Request, now: Moment) -> Response:
    """Go to the provider; only this browser can come back from there."""
    provider = _provider(request)
    target = local_path(request.query_params.get("next", "/"))
    try:
        address, state = await begin(request.app.state.gate.engine, provider, target, now)
    except Problem as problem:
        return sign_in_page(request, problem=problem)
    answer = RedirectResponse(address, status_code=303)
    answer.set_cookie(
        _state_cookie(request),
        state,
        max_age=int(ATTEMPT.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=is_https(request),
    )
    return answer


@router.get("/callback")
async def get_callback(request: Request, now: Moment) -> Response:
    """Back from the provider: open a session with a new secret."""
    provider = _provider(request)
    state = request.query_params.get("state", "")
    ours = request.cookies.get(_state_cookie(request), "")
    try:
        if not state or not secrets.compare_digest(state.encode(), ours.encode()):
            raise NotSignedIn("oidc-again", "サインインを、はじめからやり直してください。")
        if request.query_params.get("iss", provider.registration.issuer) != (
            provider.registration.issuer
        ):
            raise NotSignedIn("oidc-again", "サインインを、はじめからやり直してください。")
        if "code" not in request.query_params:
            raise NotSignedIn("oidc-declined", "庁内のサインインは、取りやめになりました。")
        secret, target = await finish(
            request.app.state.gate.engine,
            provider,
            state=state,
            code=request.query_params["code"],
            plan=request.app.state.plan,
            visitor=visitor_of(request),
            now=now,
        )
    except Problem as problem:
        return sign_in_page(request, problem=problem)
    answer = signed_in(request, secret, target)
    answer.delete_cookie(_state_cookie(request), secure=is_https(request), httponly=True)
    return answer


@router.get("/end")
async def get_end(request: Request) -> Response:
    """Go on to sign out of the provider too."""
    back = f"{request.app.state.public_url.rstrip('/')}/sign-in"
    try:
        return RedirectResponse(await _provider(request).end_address(back), status_code=303)
    except Problem as problem:
        return sign_in_page(request, problem=problem)
