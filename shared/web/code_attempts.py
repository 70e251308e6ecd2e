"""Hand-over codes cannot be guessed: wrong ones are counted for each account or token."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import Column, DateTime, Index, MetaData, Table, Uuid, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from shared.database import Acts, is_transient, transaction
from shared.errors import InvalidInput, TooMany
from shared.identity.principal import Principal

log = structlog.get_logger()

#: So many wrong codes from one account or token, in so much time.
MOST_WRONG = 10
WITHIN = timedelta(minutes=10)
#: How a use case says that a code was wrong: misread digits, nobody's, another case's.
_WRONG = frozenset({"misread", "unknown", "wrong-code"})

metadata = MetaData()

code_attempt = Table(
    "code_attempt",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("principal", Uuid, nullable=False),
    Column("tried_at", DateTime(timezone=True), nullable=False),
    Index("code_attempt_principal", "principal", "tried_at"),
)


@asynccontextmanager
async def code_tried(
    engine: AsyncEngine, principal: Principal, code: str | None, now: datetime
) -> AsyncIterator[None]:
    """Around what tries a code; open no transaction before it. Raises TooMany after many wrong.

    A try counts before it is made and is taken back when the code was right: neither the
    refusal's rollback nor a hundred tries at once can hide one.
    """
    if code is None:
        yield
        return
    acts = Acts(str(principal.role), principal.key)
    attempt = await _claim(engine, acts, now)
    wrong = False
    try:
        yield
    except InvalidInput as refused:
        wrong = any(fault.code in _WRONG for fault in refused.errors)
        raise
    finally:
        if not wrong:
            await _take_back(engine, acts, attempt)


async def _claim(engine: AsyncEngine, acts: Acts, now: datetime) -> UUID:
    mine = code_attempt.c.principal == acts.account
    async with transaction(engine, acts) as connection:
        lock = func.pg_advisory_xact_lock(func.hashtextextended(f"code {acts.account}", 0))
        await connection.execute(select(lock))
        await connection.execute(
            delete(code_attempt).where(mine, code_attempt.c.tried_at <= now - WITHIN)
        )
        tried = await connection.execute(
            select(func.count(), func.min(code_attempt.c.tried_at)).where(mine)
        )
        count, first = tried.one()
        if count >= MOST_WRONG:
            wait = max(1, int((first + WITHIN - now).total_seconds()) + 1)
            detail = "番号のまちがいが続きました。しばらく待ってから、もう一度お試しください。"
            raise TooMany("too-many-codes", detail, headers={"Retry-After": str(wait)})
        attempt = uuid7()
        values = {"id": attempt, "principal": acts.account, "tried_at": now}
        await connection.execute(insert(code_attempt).values(values))
    return attempt


async def _take_back(engine: AsyncEngine, acts: Acts, attempt: UUID) -> None:
    """Forget a try that was not wrong. What the caller did is stored, whatever becomes of this."""
    try:
        async with transaction(engine, acts) as connection:
            await connection.execute(delete(code_attempt).where(code_attempt.c.id == attempt))
    except SQLAlchemyError as error:
        if not is_transient(error):
            raise
        log.warning("code_attempt_kept", attempt=str(attempt))
