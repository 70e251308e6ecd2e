"""A login that the city's own proxy names in a header: believed from its addresses alone."""

from collections.abc import Sequence
from ipaddress import ip_address

from fastapi import Request
from pydantic import IPvAnyNetwork
from starlette.types import ASGIApp, Receive, Scope, Send

#: Where the address of whoever really connected is kept, before forwarded headers change it.
PEER = "tsunagi.peer"


class KeepPeer:
    """ASGI middleware, the outermost one: notes who connected."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope.get("client"):
            scope[PEER] = scope["client"][0]
        await self._app(scope, receive, send)


class TrustedProxy:
    """The header's name, and the networks from which it is believed; none believes nobody."""

    def __init__(self, header: str | None, networks: Sequence[IPvAnyNetwork]) -> None:
        self._header = header
        self._networks = tuple(networks)

    def login_of(self, request: Request) -> str | None:
        """The login that the proxy names; None from anywhere else, or when it is not named once."""
        if self._header is None or not self._is_trusted(request):
            return None
        named = request.headers.getlist(self._header)
        return named[0].strip() or None if len(named) == 1 else None

    def _is_trusted(self, request: Request) -> bool:
        client = request.client.host if request.client else ""
        try:
            peer = ip_address(request.scope.get(PEER, client))
        except ValueError:
            return False
        return any(peer in network for network in self._networks)
