"""Who may call a route: every one asks for a role, or is marked public."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

from shared.errors import Forbidden, NotSignedIn, PasswordChangeNeeded
from shared.identity.principal import DESK_ROLES, Principal, Role
from shared.japanese_time import japanese_day
from shared.plan import Plan
from shared.plan.model import Agency

_READING = frozenset({"GET", "HEAD"})
#: Stands for a request that was not looked at yet; None is nobody.
_UNKNOWN = object()


def cookie_name(public_url: str) -> str:
    """The session cookie; the prefix lets browsers refuse it anywhere but on this https host."""
    return "__Host-tsunagi" if public_url.startswith("https://") else "tsunagi"


async def identify(request: Request) -> Principal | None:
    """Who asks, by bearer token or by session cookie."""
    state = request.app.state
    now = datetime.now(UTC)
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret:
        found: Principal | None = await state.gate.by_token(secret.strip(), now)
        return found
    cookie = request.cookies.get(cookie_name(state.public_url))
    if not cookie:
        return None
    by_hand = not asked_by_page(request)
    by_session: Principal | None = await state.gate.by_session(cookie, now, by_hand=by_hand)
    return by_session


async def asking(request: Request) -> Principal:
    """Who asks, looked up once for a request. Raises NotSignedIn."""
    known = getattr(request.state, "principal", _UNKNOWN)
    if known is _UNKNOWN:
        known = request.state.principal = await identify(request)
    if not isinstance(known, Principal):
        raise NotSignedIn("not-signed-in", "サインインしてください。")
    return known


def asked_by_page(request: Request) -> bool:
    """Whether an open page asks by itself, with nobody at it perhaps."""
    headers = request.headers
    return headers.get("accept") == "text/event-stream" or "x-live" in headers


def _is_page(request: Request) -> bool:
    return request.method == "GET" and "api" not in request.url.path.split("/")[:3]


def ended_agency(principal: Principal, plan: Plan) -> Agency | None:
    """The agency that this account acts for, where it is no more: it reads, and records nothing."""
    known = plan.agencies.get(principal.agency or "")
    ended = known is not None and known.ended_on(japanese_day(datetime.now(UTC)))
    return known if ended else None


def _refuse_ended(principal: Principal, plan: Plan) -> None:
    known = ended_agency(principal, plan)
    if known is not None:
        detail = f"「{known.name}」はなくなった機関です。いまの機関のアカウントで記録してください。"
        raise Forbidden("agency-ended", detail)


def require(
    *roles: Role, with_first_password: bool = False
) -> Callable[[Request], Awaitable[Principal]]:
    """A dependency that lets only these roles in; with none named, anybody signed in.

    Who came with a first password passes only where that is said.
    """

    async def guarded(request: Request) -> Principal:
        principal = await asking(request)
        if principal.must_change and not with_first_password:
            detail = "はじめのパスワードを、ご自分のパスワードに変えてください。"
            raise PasswordChangeNeeded("password-change-needed", detail)
        if roles and principal.role not in roles:
            raise Forbidden("forbidden", "この操作はこのアカウントではできません。")
        if roles and request.method not in _READING:
            _refuse_ended(principal, request.app.state.plan)
        count = request.app.state.count_news
        if count is not None and principal.role in DESK_ROLES and _is_page(request):
            request.state.news = await count(principal, datetime.now(UTC))
        return principal

    guarded.tsunagi_first_password = with_first_password  # type: ignore[attr-defined]
    guarded.tsunagi_access = "guarded"  # type: ignore[attr-defined]
    return guarded


async def public() -> None:
    """A dependency that marks a route as open to everybody on the network."""


public.tsunagi_access = "public"  # type: ignore[attr-defined]

AtDesk = Annotated[Principal, Depends(require(Role.COUNTER, Role.AGENCY))]
AtAgency = Annotated[Principal, Depends(require(Role.AGENCY))]
Managing = Annotated[Principal, Depends(require(Role.MANAGER))]
Administering = Annotated[Principal, Depends(require(Role.ADMIN))]
SignedIn = Annotated[Principal, Depends(require())]
#: Only for changing the first password and for leaving.
ComingIn = Annotated[Principal, Depends(require(with_first_password=True))]
