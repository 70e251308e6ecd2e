"""People change their own password, and every session that the old one opened ends."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.database import ANYBODY, transaction
from shared.errors import InvalidInput, NotFound
from shared.identity.devices import known_device
from shared.identity.noting import note_of_account
from shared.identity.password_rules import plain, refuse_weak
from shared.identity.passwords import PasswordCheck
from shared.identity.sessions import end_sessions, open_session
from shared.identity.sign_in_limits import Attempt, password_tried
from shared.identity.tables import account
from shared.identity.visitor import Visitor


async def change_password(
    engine: AsyncEngine,
    check: PasswordCheck,
    account_id: UUID,
    *,
    old: str,
    new: str,
    again: str,
    visitor: Visitor,
    now: datetime,
) -> str:
    """The secret of the one session that is open afterwards.

    Raises InvalidInput for a wrong old password, a weak new one, the same one, or a slip, and
    TooMany after many wrong ones.
    """
    async with engine.connect() as connection:
        query = select(account.c.login, account.c.agency, account.c.password_hash)
        found = await connection.execute(query.where(account.c.id == account_id))
        known = found.one_or_none()
        device = known and await known_device(connection, known.login, visitor.device, now)
    if known is None:
        raise NotFound("not-found", "パスワードは、アカウントで入ったときにだけ変えられます。")
    async with password_tried(engine, Attempt(known.login, visitor.address, device), now):
        if not await check.matches(known.password_hash, old):
            detail = "今のパスワードが違います。"
            raise InvalidInput.field("password", code="wrong-password", detail=detail)
    refuse_weak(new, known.login, known.agency or "", field="new_password")
    if plain(new) == plain(old):
        detail = "今と同じパスワードは使えません。"
        raise InvalidInput.field("new_password", code="same-password", detail=detail)
    if plain(new) != plain(again):
        detail = "二つの新しいパスワードが同じではありません。"
        raise InvalidInput.field("again", code="not-the-same", detail=detail)
    password_hash = await check.hash(new)
    async with transaction(engine, ANYBODY) as connection:
        changed = await connection.execute(
            update(account)
            .where(account.c.id == account_id, account.c.password_hash == known.password_hash)
            .values(password_hash=password_hash, must_change=False)
            .returning(account.c.id)
        )
        if changed.scalar_one_or_none() is None:
            detail = "パスワードは、いま別のところで変わりました。"
            raise InvalidInput.field("password", code="wrong-password", detail=detail)
        await end_sessions(connection, account_id)
        await note_of_account(connection, account_id, "password-change", now)
        return await open_session(
            connection,
            account_id,
            method="password",
            browser=visitor.browser,
            replaces=None,
            now=now,
        )
