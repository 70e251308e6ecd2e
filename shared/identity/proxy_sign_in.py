"""Sign in somebody whom the city's own proxy has signed in already."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.database import ANYBODY, transaction
from shared.errors import NotSignedIn
from shared.identity.noting import note_failure, note_of_account
from shared.identity.sessions import open_session
from shared.identity.tables import account
from shared.identity.visitor import Visitor


async def sign_in_by_proxy(engine: AsyncEngine, login: str, visitor: Visitor, now: datetime) -> str:
    """A new session's secret. Raises NotSignedIn without an account that is in use."""
    async with transaction(engine, ANYBODY) as connection:
        mine = select(account.c.id).where(account.c.login == login, account.c.disabled_at.is_(None))
        found = await connection.execute(mine.with_for_update(read=True))
        account_id = found.scalar_one_or_none()
        if account_id is not None:
            await note_of_account(connection, account_id, "sign-in", now)
            return await open_session(
                connection,
                account_id,
                method="proxy",
                browser=visitor.browser,
                replaces=visitor.session,
                now=now,
            )
    await note_failure(engine, login, None, now)
    detail = "つなぎのアカウントがありません。管理者にお声がけください。"
    raise NotSignedIn("proxy-no-account", detail)
