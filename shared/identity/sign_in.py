"""Sign in and out: opaque sessions with a new secret each time, stored as hashes."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.errors import NotSignedIn, TooMany
from shared.identity.passwords import PasswordCheck
from shared.identity.tables import account, session, sign_in_failure

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
#: So many wrong passwords for one login from one address, in so much time.
MOST_FAILURES = 10
FAILURES_WITHIN = timedelta(minutes=10)


def hash_secret(secret: str) -> bytes:
    """How a session's or token's secret is stored; it has 256 random bits of its own."""
    return hashlib.sha256(secret.encode()).digest()


async def sign_in(
    engine: AsyncEngine,
    check: PasswordCheck,
    *,
    login: str,
    password: str,
    address: str,
    now: datetime,
) -> str:
    """A new session's secret. Raises NotSignedIn, or TooMany after many wrong passwords.

    Only the address that failed is held back, so that nobody can lock somebody else out.
    """
    async with engine.connect() as connection:
        failures = await connection.execute(
            select(func.count()).where(
                sign_in_failure.c.login == login,
                sign_in_failure.c.address == address,
                sign_in_failure.c.failed_at > now - FAILURES_WITHIN,
            )
        )
        if failures.scalar_one() >= MOST_FAILURES:
            raise TooMany(
                "too-many-attempts",
                "しばらく待ってから、もう一度お試しください。",
                headers={"Retry-After": str(int(FAILURES_WITHIN.total_seconds()))},
            )
        query = select(account.c.id, account.c.password_hash).where(
            account.c.login == login, account.c.disabled_at.is_(None)
        )
        found = (await connection.execute(query)).one_or_none()
    matched = await check.matches(None if found is None else found.password_hash, password)
    async with engine.begin() as connection:
        if not matched or found is None:
            await connection.execute(
                insert(sign_in_failure).values(login=login, address=address, failed_at=now)
            )
        else:
            secret = secrets.token_urlsafe(32)
            await connection.execute(
                insert(session).values(
                    secret_hash=hash_secret(secret),
                    account_id=found.id,
                    opened_at=now,
                    seen_at=now,
                    ends_at=now + LONGEST,
                )
            )
            await connection.execute(
                delete(sign_in_failure).where(
                    sign_in_failure.c.login == login, sign_in_failure.c.address == address
                )
            )
            return secret
    raise NotSignedIn("wrong-password", "ログイン名またはパスワードが違います。")


async def sign_out(engine: AsyncEngine, secret: str) -> None:
    """End the session."""
    async with engine.begin() as connection:
        await connection.execute(
            delete(session).where(session.c.secret_hash == hash_secret(secret))
        )
