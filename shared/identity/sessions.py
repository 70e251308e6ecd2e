"""Sessions: opaque, a new secret each time, stored as hashes, listed and ended by their owner."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid4

from shared.errors import NotFound
from shared.identity.tables import session

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)

#: How somebody proved who they are: with our password, at the city's provider, at its proxy.
Method = Literal["password", "oidc", "proxy"]


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its owner sees it; `current` is the one that asks."""

    id: UUID
    opened_at: datetime
    seen_at: datetime
    browser: str
    method: Method
    current: bool


def hash_secret(secret: str) -> bytes:
    """How a session's or token's secret is stored; it has 256 random bits of its own."""
    return hashlib.sha256(secret.encode()).digest()


async def open_session(
    connection: AsyncConnection,
    account_id: UUID,
    *,
    method: Method,
    browser: str,
    replaces: str | None,
    now: datetime,
) -> str:
    """A new session's secret. The session that this browser had ends, and so do old ones."""
    secret = secrets.token_urlsafe(32)
    await connection.execute(
        delete(session).where(
            or_(session.c.secret_hash == hash_secret(replaces or ""), session.c.ends_at <= now)
        )
    )
    await connection.execute(
        insert(session).values(
            id=uuid4(),
            secret_hash=hash_secret(secret),
            account_id=account_id,
            opened_at=now,
            seen_at=now,
            ends_at=now + LONGEST,
            browser=browser,
            method=method,
        )
    )
    return secret


async def list_sessions(
    connection: AsyncConnection, account_id: UUID, secret: str, now: datetime
) -> list[OpenSession]:
    """The account's open sessions, the one seen last first; `secret` is the asking one's."""
    query = (
        select(session)
        .where(
            session.c.account_id == account_id,
            session.c.ends_at > now,
            session.c.seen_at > now - IDLE,
        )
        .order_by(session.c.seen_at.desc(), session.c.id)
    )
    mine = hash_secret(secret)
    return [
        OpenSession(
            row.id, row.opened_at, row.seen_at, row.browser, row.method, row.secret_hash == mine
        )
        for row in await connection.execute(query)
    ]


async def end_session(connection: AsyncConnection, account_id: UUID, session_id: UUID) -> None:
    """End one of the account's sessions. Raises NotFound for anybody else's."""
    ended = await connection.execute(
        delete(session)
        .where(session.c.id == session_id, session.c.account_id == account_id)
        .returning(session.c.id)
    )
    if ended.scalar_one_or_none() is None:
        raise NotFound("not-found", "このサインインは、すでに終わっています。")


async def end_sessions(
    connection: AsyncConnection, account_id: UUID, *, but: str | None = None
) -> None:
    """End every session of the account, perhaps but the one with this secret."""
    mine = delete(session).where(session.c.account_id == account_id)
    if but is not None:
        mine = mine.where(session.c.secret_hash != hash_secret(but))
    await connection.execute(mine)


async def end_session_of(connection: AsyncConnection, secret: str) -> Method | None:
    """End the session with this secret; how it was opened, None if there was none."""
    mine = delete(session).where(session.c.secret_hash == hash_secret(secret))
    ended = await connection.execute(mine.returning(session.c.method))
    method: Method | None = ended.scalar_one_or_none()
    return method
