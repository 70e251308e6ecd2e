"""Which act each route is, and its row of the trail, written in the request's own transaction."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import structlog
from fastapi import Request
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.audit.acts import ACTS
from shared.audit.writing import Actor, Outcome, identified, uuid_of, what_was_done, write
from shared.database import SERVICE, transaction
from shared.identity.principal import Principal

log = structlog.get_logger()

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
    """What a request does, as it goes into the trail: one row, whatever transactions it takes.

    It is written in the transaction that changed something, or that read for an act that reads.
    Where nothing was changed it is written before the answer: the form came back, or the same key.
    """

    def __init__(self, request: Request, audited: Audited, principal: Principal) -> None:
        words = {name: str(value) for name, value in request.path_params.items()}
        self.name = audited.act.format_map(words)
        self.act = ACTS.get(self.name)
        self._looked = self._done = self._written = False
        self._app, self._identity = request.app.state, audited.identity
        self._makes = audited.makes
        self._actor = actor_of(principal)
        self._trace = traceparent_of(request).split("-")[1]
        self._kind, self._record = audited.makes, None
        for name in _NARROWEST:
            if self._record is None and name in words and (found := identified(words[name])):
                self._kind, self._record = _KINDS[name], found

    async def note(self, connection: AsyncConnection) -> None:
        """At the end of a transaction, before its commit: the row, unless it is there already."""
        self._written = False
        if self.act is None or self._done:
            return
        changed, made = self.act.reads, None
        if not self.act.reads:
            changed, made = await what_was_done(connection)
        if changed:
            await self._write(connection, "done", made)
        self._written = changed

    def keep(self) -> None:
        """After the commit of that transaction."""
        self._done = self._done or self._written
        self._looked = True

    async def settle(self, status: int) -> None:
        """Before the answer: the row of what was refused, or changed nothing."""
        refused = status in (403, 404)
        if self.act is None or self._done or not (refused or (self._looked and status < 500)):
            return
        engine = self._app.gate.engine if self._identity else self._app.engine
        try:
            async with transaction(engine, SERVICE) as connection:
                await self._write(connection, "refused" if refused else "unchanged", None)
        except Exception as error:
            if not refused:
                raise
            # Nothing was shown, so the answer stays what it is.
            log.warning("refusal_without_a_row", act=self.name, error=type(error).__name__)

    async def _write(self, connection: AsyncConnection, outcome: Outcome, made: str | None) -> None:
        kind, record = self._kind, self._record
        if made is not None and self._makes is not None:
            kind, record = self._makes, made
        # A word in the address of what is not there, or stays as it is, may be anything.
        record_id = uuid_of(record)
        await write(
            connection,
            self._actor,
            self.name,
            datetime.now(UTC),
            kind=kind,
            record=record if outcome == "done" else record_id,
            outcome=outcome,
            ground=self._ground(kind, record_id),
            trace=self._trace,
        )

    def _ground(self, kind: str | None, record: UUID | None) -> str | ColumnElement[str] | None:
        """What ties the agency to the case, where the act alone does not say why."""
        agency, tie_of = self._actor.agency, self._app.tie_of
        if self.act is None or self.act.ground or None in (kind, record, agency, tie_of):
            return None
        coordinates = agency == self._app.plan.coordinator
        found: ColumnElement[str] = tie_of(
            kind, record, agency, "coordinator" if coordinates else "desk"
        )
        return found


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
    """ASGI middleware: no answer begins before the row of its request is there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        fault: Exception | None = None

        async def watch(message: Message) -> None:
            nonlocal fault
            if message["type"] == "http.response.start":
                try:
                    deed = deed_of(Request(scope, receive))
                    if deed is not None:
                        await deed.settle(message["status"])
                except Exception as error:  # noqa: BLE001  raised below, outside of the answer
                    fault = error
            if fault is None:
                await send(message)

        await self._app(scope, receive, watch)
        if fault is not None:
            raise fault
