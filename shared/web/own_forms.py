"""Forms and calls of a browser count only when they come from our own pages."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.errors import Forbidden
from shared.web.problems import send_problem

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class OwnForms:
    """ASGI middleware: refuses what another site makes a browser send, signed in or not.

    A bearer token is nothing that a browser adds by itself, so calls with one may come from
    anywhere. Whoever sends neither `Origin` nor `Sec-Fetch-Site` is no browser of today, and
    `SameSite` keeps the cookies of older ones at home.
    """

    def __init__(self, app: ASGIApp, *, public_url: str) -> None:
        self._app = app
        self._https = public_url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] == "http"
            and scope["method"] not in _SAFE
            and not self._may_come(Headers(scope=scope))
        ):
            problem = Forbidden("foreign-form", "別のサイトからの送信は受け付けていません。")
            await send_problem(problem, scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _may_come(self, headers: Headers) -> bool:
        scheme, _, secret = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and secret:
            return True
        site = headers.get("sec-fetch-site")
        if site is not None and site not in ("same-origin", "none"):
            return False
        origin = headers.get("origin")
        if origin is None:
            return True
        how, _, place = origin.partition("://")
        return place == headers.get("host") and (how == "https" or not self._https)
