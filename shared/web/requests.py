"""What a request brings to a use case: its transaction, its cause, its moment."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from shared.database import ANYBODY, SERVICE, Acts, transaction
from shared.identity.acts import acts_of_principal
from shared.messaging.event import Cause
from shared.web.access import asking
from shared.web.auditing import deed_of, traceparent_of


def _noted(acts: Acts, request: Request) -> Acts:
    """With the request's row of the trail at the end of its transaction."""
    deed = deed_of(request)
    return acts if deed is None else replace(acts, note=deed.note, kept=deed.keep)


def acts_of(request: Request) -> Acts:
    """Who acts in this request, for a transaction that a page opens itself."""
    return _noted(acts_of_principal(request.state.principal, request.app.state.plan), request)


def own_acts(request: Request) -> Acts:
    """The service itself, for what who asks may do though no record is theirs."""
    return _noted(SERVICE, request)


async def open_transaction(request: Request) -> AsyncIterator[AsyncConnection]:
    """One transaction for the request, of whoever asks. It commits before the answer is sent."""
    await asking(request)
    async with transaction(request.app.state.engine, acts_of(request)) as connection:
        yield connection


async def open_public(request: Request) -> AsyncIterator[AsyncConnection]:
    """One that sees what is published, whoever asks."""
    async with transaction(request.app.state.engine, ANYBODY) as connection:
        yield connection


async def open_own(request: Request) -> AsyncIterator[AsyncConnection]:
    """One of the service itself, for an administrator, who is no party to any case."""
    await asking(request)
    async with transaction(request.app.state.engine, own_acts(request)) as connection:
        yield connection


#: The scope matters: FastAPI would otherwise commit after the answer had gone out.
Transaction = Annotated[AsyncConnection, Depends(open_transaction, scope="function")]
PublicTransaction = Annotated[AsyncConnection, Depends(open_public, scope="function")]
ServiceTransaction = Annotated[AsyncConnection, Depends(open_own, scope="function")]


async def cause_of(request: Request) -> Cause:
    """The request as the cause of events; its trace goes on if the caller sent one."""
    request_id = str(uuid7())
    return Cause(
        correlation_id=request_id,
        causation_id=request_id,
        traceparent=traceparent_of(request),
    )


async def moment() -> datetime:
    """Now, with an offset; the one place where requests read the clock."""
    return datetime.now(UTC)


RequestCause = Annotated[Cause, Depends(cause_of)]
Moment = Annotated[datetime, Depends(moment)]
