"""The cookies of a session and of a known device: read from a request, given with an answer."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from shared.identity.devices import LIFETIME
from shared.identity.sessions import LONGEST
from shared.identity.visitor import Visitor
from shared.web.access import cookie_name
from shared.web.browsers import browser_words


def session_secret(request: Request) -> str:
    """The secret of the session that asks, empty without one."""
    return request.cookies.get(cookie_name(request.app.state.public_url), "")


def visitor_of(request: Request) -> Visitor:
    """Who asks to come in."""
    return Visitor(
        address=request.client.host if request.client else "",
        browser=browser_words(request.headers.get("user-agent", "")),
        session=session_secret(request),
        device=request.cookies.get(_device_name(request), ""),
    )


def _device_name(request: Request) -> str:
    return f"{cookie_name(request.app.state.public_url)}-device"


def remember(request: Request, answer: Response, device: str) -> None:
    """Let the browser be known again when somebody else guesses passwords of its accounts."""
    answer.set_cookie(
        _device_name(request),
        device,
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=is_https(request),
    )


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
