"""The gate: whom a session or a token stands for. The only part of identity that services use."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.identity.principal import Member, Principal, Role
from shared.identity.sessions import IDLE, hash_secret

_NOTED_EVERY = timedelta(minutes=1)
# Use is noted once a minute at most, so that reading rarely writes.
_TOKEN = text(
    """
    WITH held AS (
        SELECT id, name, role, agency, false AS must_change, 'token:' || id AS login,
            last_used_at
        FROM token
        WHERE secret_hash = :hash AND revoked_at IS NULL AND expires_at > :now
    ), used AS (
        UPDATE token SET last_used_at = :now FROM held
        WHERE token.id = held.id AND coalesce(held.last_used_at < :minute, true)
    )
    SELECT id, name, role, agency, must_change, login FROM held
    """
)
_SESSION = text(
    """
    WITH open AS (
        SELECT s.secret_hash, s.seen_at, a.id, a.name, a.role, a.agency, a.login,
            a.must_change AND s.method = 'password' AS must_change
        FROM session s JOIN account a ON a.id = s.account_id
        WHERE s.secret_hash = :hash AND s.ends_at > :now AND s.seen_at > :idle
          AND a.disabled_at IS NULL
    ), seen AS (
        UPDATE session SET seen_at = :now FROM open
        WHERE session.secret_hash = open.secret_hash AND open.seen_at < :minute
    )
    SELECT id, name, role, agency, must_change, login FROM open
    """
)
_MEMBERS = text(
    "SELECT id, login, name FROM account"
    " WHERE agency = :agency AND role = 'agency' AND disabled_at IS NULL ORDER BY name, login"
)


class Gate:
    """Checks secrets against the identity database, one round trip each."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def by_token(self, secret: str, now: datetime) -> Principal | None:
        """Who holds this token; None when it is unknown, expired or revoked."""
        parameters = {"hash": hash_secret(secret), "now": now, "minute": now - _NOTED_EVERY}
        return await self._ask(_TOKEN, parameters)

    async def by_session(
        self, secret: str, now: datetime, *, by_hand: bool = True
    ) -> Principal | None:
        """Who is signed in with this session; None when it ended.

        What a page asks by itself, not `by_hand`, does not keep the session open.
        """
        minute = now - _NOTED_EVERY if by_hand else now - IDLE
        parameters = {"hash": hash_secret(secret), "now": now, "idle": now - IDLE, "minute": minute}
        return await self._ask(_SESSION, parameters)

    async def members(self, agency: str) -> list[Member]:
        """The accounts that receive for this agency, by name: work is given to one of them."""
        async with self._reading.connect() as connection:
            rows = await connection.execute(_MEMBERS, {"agency": agency})
            return [Member(row.id, row.login, row.name) for row in rows]

    async def _ask(self, query: Any, parameters: dict[str, Any]) -> Principal | None:
        async with self._reading.connect() as connection:
            row: Row[Any] | None = (await connection.execute(query, parameters)).one_or_none()
        if row is None:
            return None
        return Principal(row.id, row.name, Role(row.role), row.agency, row.must_change, row.login)
