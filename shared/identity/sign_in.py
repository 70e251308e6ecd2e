"""Sign in with a password: the same work for every account, and a session of its own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.database import ANYBODY, transaction
from shared.errors import NotSignedIn
from shared.identity.devices import known_device, remember_device
from shared.identity.noting import note_failure, note_of_account
from shared.identity.passwords import PasswordCheck
from shared.identity.sessions import open_session
from shared.identity.sign_in_limits import Attempt, password_tried
from shared.identity.tables import account
from shared.identity.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Opened:
    """The secrets that a browser keeps after it came in: of its session, and to be known again."""

    session: str
    device: str


async def sign_in(
    engine: AsyncEngine,
    check: PasswordCheck,
    *,
    login: str,
    password: str,
    visitor: Visitor,
    now: datetime,
) -> Opened:
    """A new session. Raises NotSignedIn, or TooMany after many wrong passwords."""
    async with engine.connect() as connection:
        device = await known_device(connection, login, visitor.device, now)
        query = select(account.c.id, account.c.password_hash).where(
            account.c.login == login, account.c.disabled_at.is_(None)
        )
        found = (await connection.execute(query)).one_or_none()
    async with password_tried(engine, Attempt(login, visitor.address, device), now):
        matched = await check.matches(None if found is None else found.password_hash, password)
        if not matched or found is None:
            await note_failure(engine, login, None if found is None else found.id, now)
            raise _wrong()
    async with transaction(engine, ANYBODY) as connection:
        # Held until the session is kept: whoever changes the password meanwhile ends it too.
        unchanged = await connection.scalar(
            select(account.c.id)
            .where(
                account.c.id == found.id,
                account.c.password_hash == found.password_hash,
                account.c.disabled_at.is_(None),
            )
            .with_for_update(read=True)
        )
        if unchanged is None:
            raise _wrong()
        session = await open_session(
            connection,
            found.id,
            method="password",
            browser=visitor.browser,
            replaces=visitor.session,
            now=now,
        )
        await note_of_account(connection, found.id, "sign-in", now)
        return Opened(session, await remember_device(connection, found.id, visitor.device, now))


def _wrong() -> NotSignedIn:
    return NotSignedIn("wrong-password", "ログイン名またはパスワードが違います。")
