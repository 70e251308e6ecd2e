"""The cookie of a session: read from a request, given with an answer, taken back."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from shared.identity.sessions import LONGEST
from shared.web.access import cookie_name
from shared.web.browsers import browser_words


def session_secret(request: Request) -> str:
    """The secret of the session that asks, empty without one."""
    return request.cookies.get(cookie_name(request.app.state.public_url), "")


def browser_of(request: Request) -> str:
    """Which browser asks, in words."""
    return browser_words(request.headers.get("user-agent", ""))


def is_https(request: Request) -> bool:
    """Whether people come by https; cookies are then for https only."""
    address: str = request.app.state.public_url
    return address.startswith("https://")


def signed_in(request: Request, secret: str, target: str) -> Response:
    """Go on to `target` with a new session."""
    answer = RedirectResponse(target, status_code=303)
    answer.set_cookie(
        cookie_name(request.app.state.public_url),
        secret,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=is_https(request),
    )
    return answer


def signed_out(request: Request, target: str) -> Response:
    """Go to `target` without a session."""
    answer = RedirectResponse(target, status_code=303)
    name = cookie_name(request.app.state.public_url)
    answer.delete_cookie(name, secure=is_https(request), httponly=True, samesite="lax")
    return answer
