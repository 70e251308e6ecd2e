"""What one process at a time may do: a PostgreSQL lock that the others stand by for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_TRY = text("SELECT pg_try_advisory_lock(hashtextextended(:key, 0))")
_UNLOCK = text("SELECT pg_advisory_unlock(hashtextextended(:key, 0))")


class Standby(Exception):
    """Another process does it."""


@asynccontextmanager
async def sole(engine: AsyncEngine, key: str) -> AsyncIterator[AsyncConnection]:
    """Hold the right to do this, on a connection of its own. Raises Standby.

    The right ends with the connection; whoever uses it must not mind a second one for a moment.
    """
    async with engine.connect() as plain:
        connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
        if not (await connection.execute(_TRY, {"key": key})).scalar_one():
            raise Standby(key)
        try:
            yield connection
        finally:
            if not connection.closed and not connection.invalidated:
                await connection.execute(_UNLOCK, {"key": key})
