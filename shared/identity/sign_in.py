"""Sign in with a password: the same work for every account, and a session of its own."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.errors import NotSignedIn, TooMany
from shared.identity.passwords import PasswordCheck
from shared.identity.sessions import open_session
from shared.identity.tables import account, sign_in_failure

#: So many wrong passwords for one login from one address, in so much time.
MOST_FAILURES = 10
FAILURES_WITHIN = timedelta(minutes=10)


async def sign_in(
    engine: AsyncEngine,
    check: PasswordCheck,
    *,
    login: str,
    password: str,
    address: str,
    browser: str,
    replaces: str | None,
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
        # Held until the session is kept: whoever changes the password meanwhile ends it too.
        unchanged = found is not None and await connection.scalar(
            select(account.c.id)
            .where(
                account.c.id == found.id,
                account.c.password_hash == found.password_hash,
                account.c.disabled_at.is_(None),
            )
            .with_for_update(read=True)
        )
        if not matched or not unchanged:
            await connection.execute(
                insert(sign_in_failure).values(login=login, address=address, failed_at=now)
            )
        else:
            await connection.execute(
                delete(sign_in_failure).where(
                    sign_in_failure.c.login == login, sign_in_failure.c.address == address
                )
            )
            return await open_session(
                connection,
                unchanged,
                method="password",
                browser=browser,
                replaces=replaces,
                now=now,
            )
    raise NotSignedIn("wrong-password", "ログイン名またはパスワードが違います。")
