"""Which act each route is, and its row of the trail, written in the request's own transaction."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.audit.acts import ACTS
from shared.audit.writing import Actor, Outcome, identified, what_was_done, write
from shared.database import SERVICE, transaction
from shared.identity.principal import Principal

_TRACEPARENT = re.compile(r"^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$")
#: What stands in addresses for a record, the narrowest first, and which kind it is.
_NARROWEST = (
    *("session_id", "account_id", "token_id", "delivery_id", "conference_id", "leg_id", "case_id"),
    *("consultation_id", "activity_id", "figure_id", "indicator", "agency", "number", "name"),
)
_KINDS = {"number": "release", "name": "webhook"} | {
    name: name.removesuffix("_id") for name in _NARROWEST if name not in ("number", "name")
}


@dataclass(frozen=True, slots=True)
class Audited:
    """The act that a route is, and the kind of record that it makes or its address names.

    A word of the address in braces is filled in, as in `leg-{action}`.
    """

    act: str
    makes: str | None = None
    identity: bool = False


@dataclass(frozen=True, slots=True)
class NotAudited:
    """A route without a row of its own, and why."""

    reason: str


#: Method and path of every route of a service.
Routes = Mapping[str, Audited | NotAudited]


def actor_of(principal: Principal) -> Actor:
    """The account or token that asks, as the trail names it."""
    return Actor(principal.login, principal.key, str(principal.role), principal.agency)


def traceparent_of(request: Request) -> str:
    """The trace that this request belongs to: the caller's, or a new one."""
    known: str | None = getattr(request.state, "traceparent", None)
    if known is None:
        given = request.headers.get("traceparent", "")
        new = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
        known = request.state.traceparent = given if _TRACEPARENT.match(given) else new
    return known


class Deed:
    """What a request does, as it goes into the trail: once, beside what it read or changed."""

    def __init__(self, request: Request, audited: Audited, principal: Principal) -> None:
        words = {name: str(value) for name, value in request.path_params.items()}
        self.name = audited.act.format_map(words)
        self.act = ACTS.get(self.name)
        self.at_identity = audited.identity
        self._makes = audited.makes
        self._actor = actor_of(principal)
        self._trace = traceparent_of(request).split("-")[1]
        self._kind, self._record = audited.makes, None
        for name in _NARROWEST:
            if self._record is None and name in words and (found := identified(words[name])):
                self._kind, self._record = _KINDS[name], found
        self.written: set[Outcome] = set()

    async def note(self, connection: AsyncConnection) -> None:
        """At the end of a transaction, before its commit: the row, unless it is there already."""
        if self.act is None or "done" in self.written:
            return
        made = None
        outcome: Outcome = "done"
        if not self.act.reads:
            changed, made = await what_was_done(connection)
            outcome = "done" if changed else "unchanged"
        if outcome not in self.written:
            await self._write(connection, outcome, made)

    async def refuse(self, connection: AsyncConnection) -> None:
        """The row of somebody who came to what is not theirs."""
        await self._write(connection, "refused", None)

    async def _write(self, connection: AsyncConnection, outcome: Outcome, made: str | None) -> None:
        kind, record = self._kind, self._record
        if made is not None and self._makes is not None:
            kind, record = self._makes, made
        await write(
            connection,
            self._actor,
            self.name,
            datetime.now(UTC),
            kind=kind,
            record=record,
            outcome=outcome,
            trace=self._trace,
        )
        self.written.add(outcome)


def route_of(scope: Scope) -> str:
    """The method and path of the route that a request came to."""
    return f"{scope['method']} {getattr(scope.get('route'), 'path', '')}"


def deed_of(request: Request) -> Deed | None:
    """The deed of this request, made once; None where its route has no row or nobody asks."""
    known: Deed | None = getattr(request.state, "deed", None)
    if known is not None:
        return known
    audited = request.app.state.audited.get(route_of(request.scope))
    principal = getattr(request.state, "principal", None)
    if not isinstance(audited, Audited) or not isinstance(principal, Principal):
        return None
    deed = request.state.deed = Deed(request, audited, principal)
    return deed


class Auditing:
    """ASGI middleware: whoever is told that something is not theirs leaves a row before that."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (403, 404):
                await _refused(Request(scope, receive))
            await send(message)

        await self._app(scope, receive, watch)


async def _refused(request: Request) -> None:
    deed = deed_of(request)
    if deed is None or deed.act is None or deed.written:
        return
    state = request.app.state
    engine = state.gate.engine if deed.at_identity else state.engine
    async with transaction(engine, SERVICE) as connection:
        await deed.refuse(connection)
