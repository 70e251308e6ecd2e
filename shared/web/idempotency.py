"""Idempotency-Key: a creating call that is sent twice is done once, and answered the same."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import (
    Column,
    DateTime,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    bindparam,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.audit.writing import say_made
from shared.errors import Conflict, InvalidInput
from shared.identity.principal import Principal

metadata = MetaData()

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("principal", Uuid, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_hash", LargeBinary, nullable=False),
    Column("status", SmallInteger),
    Column("answer", Text),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)

_CLAIM = (
    insert(idempotency_key)
    .values(principal=bindparam("who"), key=bindparam("name"), body_hash=bindparam("hash"))
    .on_conflict_do_nothing()
    .returning(idempotency_key.c.key)
)
_MINE = (idempotency_key.c.principal == bindparam("who")) & (
    idempotency_key.c.key == bindparam("name")
)
_KEEP = (
    update(idempotency_key).where(_MINE).values(status=bindparam("code"), answer=bindparam("body"))
)
_KEPT = select(idempotency_key).where(_MINE)


#: How long an answer is kept for the same call sent again; it may quote what the caller wrote.
KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Key:
    """A caller's own name for one call, and the address that it was used for."""

    name: str
    path: str


async def read_key(
    request: Request, idempotency_key: Annotated[str | None, Header()] = None
) -> Key | None:
    """The request's key, None without one."""
    if idempotency_key is None:
        return None
    if not 1 <= len(idempotency_key) <= 200:
        raise InvalidInput("bad-idempotency-key", "Idempotency-Key は200文字までです。")
    return Key(idempotency_key, request.url.path)


IdempotencyKey = Annotated[Key | None, Depends(read_key)]


def form_key(request: Request, key: str) -> Key | None:
    """The key that a page's form carries, so that a double click is one act."""
    return Key(f"form {key}", request.url.path) if 1 <= len(key) <= 100 else None


async def do_once(
    connection: AsyncConnection,
    principal: Principal,
    key: Key | None,
    payload: BaseModel,
    status: int,
    act: Callable[[], Awaitable[BaseModel]],
) -> tuple[str, int]:
    """Do `act` unless this key was answered before; the answer's JSON and status either way.

    The key is claimed in the use case's own transaction: a refusal frees it, and a second
    request with the same key waits for the first. Raises Conflict for another body or path.
    """
    if key is None:
        return await _done(connection, act), status
    sent = f"{key.path}\n{payload.model_dump_json()}"
    body_hash = hashlib.sha256(sent.encode()).digest()
    mine: dict[str, Any] = {"who": principal.key, "name": key.name}
    claimed = await connection.execute(_CLAIM, mine | {"hash": body_hash})
    if claimed.scalar_one_or_none() is None:
        kept = (await connection.execute(_KEPT, mine)).one()
        if kept.body_hash != body_hash:
            raise Conflict(
                "idempotency-key-reused",
                "同じ Idempotency-Key（同じ画面）で、別の内容がすでに記録されています。",
                extra={"allowed": []},
            )
        return kept.answer, kept.status
    body = await _done(connection, act)
    await connection.execute(_KEEP, mine | {"code": status, "body": body})
    return body, status


async def _done(connection: AsyncConnection, act: Callable[[], Awaitable[BaseModel]]) -> str:
    """Do it, say which record came of it, and give the answer's JSON."""
    answer = await act()
    made = getattr(answer, "id", None)
    if isinstance(made, UUID):
        await say_made(connection, made)
    return answer.model_dump_json(by_alias=True)


async def forget_answers(connection: AsyncConnection, now: datetime) -> None:
    """Delete the keys and answers of calls that nobody sends again after so long a time."""
    old = idempotency_key.c.created_at < now - KEPT_FOR
    await connection.execute(delete(idempotency_key).where(old))


async def answer_once(
    connection: AsyncConnection,
    principal: Principal,
    key: Key | None,
    payload: BaseModel,
    status: int,
    act: Callable[[], Awaitable[BaseModel]],
) -> JSONResponse:
    """The same, as the answer to a machine."""
    body, status = await do_once(connection, principal, key, payload, status, act)
    answer = JSONResponse(None, status_code=status)
    answer.body = body.encode()
    answer.headers["Content-Length"] = str(len(answer.body))
    return answer


class _Done(BaseModel):
    """Where a page goes on after its form was done."""

    to: str


async def redirect_once(
    connection: AsyncConnection,
    principal: Principal,
    key: Key | None,
    payload: BaseModel,
    act: Callable[[], Awaitable[str]],
) -> str:
    """The same for a page's form: `act` gives the path to go on to, again the same one."""

    async def done() -> _Done:
        return _Done(to=await act())

    body, _ = await do_once(connection, principal, key, payload, 303, done)
    return _Done.model_validate_json(body).to
