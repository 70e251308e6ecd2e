"""Accounts of people: made and disabled by the administrator, never deleted."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from shared.audit.writing import say_made
from shared.errors import Conflict, InvalidInput, NotFound
from shared.identity.alike_logins import refuse_alike
from shared.identity.devices import forget_devices
from shared.identity.naming import refuse_login, refuse_name
from shared.identity.password_rules import refuse_weak
from shared.identity.passwords import hash_password, new_password
from shared.identity.principal import DESK_ROLES, Role
from shared.identity.sessions import end_sessions
from shared.identity.sign_in_limits import forget_attempts
from shared.identity.tables import account
from shared.japanese_time import japanese_day
from shared.plan import Plan


@dataclass(frozen=True, slots=True)
class Account:
    """Who may sign in. `name` is a post, or what colleagues call them; it stays in the agency."""

    id: UUID
    login: str
    name: str
    role: Role
    agency: str | None
    disabled_at: datetime | None
    must_change: bool


def check_scope(role: Role, agency: str | None, plan: Plan, now: datetime) -> None:
    """Raise InvalidInput unless the role has the agency that it needs, and one of the plan's.

    Nobody new is let in for one that has ended: it records nothing.
    """
    if role in DESK_ROLES and agency is None:
        raise InvalidInput.field("agency", code="missing", detail="機関を選んでください。")
    if agency is not None and agency not in plan.agencies:
        raise InvalidInput.field("agency", code="unknown-agency", detail="一覧にない機関です。")
    if agency in plan.ended_on(japanese_day(now)):
        detail = "なくなった機関です。いまの機関を選んでください。"
        raise InvalidInput.field("agency", code="agency-not-valid", detail=detail)


async def create_account(
    connection: AsyncConnection,
    *,
    login: str,
    name: str,
    role: Role,
    agency: str | None,
    password: str,
    now: datetime,
    must_change: bool = True,
) -> UUID:
    """Make an account. Raises InvalidInput for a login that is taken, unclear or looks like
    another, a weak password, a name.

    `password` is the first one, which somebody else knows: with `must_change` it opens nothing
    but its own change.
    """
    refuse_login(login)
    refuse_name(name)
    refuse_weak(password, login, agency or "")
    password_hash = await asyncio.to_thread(hash_password, password)
    await refuse_alike(connection, login)
    account_id = uuid7()
    made = await connection.execute(
        upsert(account)
        .values(
            id=account_id,
            login=login,
            name=name,
            role=role.value,
            agency=agency,
            password_hash=password_hash,
            created_at=now,
            must_change=must_change,
        )
        .on_conflict_do_nothing()
        .returning(account.c.id)
    )
    if made.scalar_one_or_none() is None:
        detail = "このログイン名はすでに使われています。"
        raise InvalidInput.field("login", code="taken", detail=detail)
    await say_made(connection, account_id)
    return account_id


async def list_accounts(connection: AsyncConnection) -> list[Account]:
    """Every account, by login."""
    query = select(
        account.c.id,
        account.c.login,
        account.c.name,
        account.c.role,
        account.c.agency,
        account.c.disabled_at,
        account.c.must_change,
    ).order_by(account.c.login)
    rows = (await connection.execute(query)).mappings()
    return [Account(**{**row, "role": Role(row["role"])}) for row in rows]


async def disable_account(connection: AsyncConnection, account_id: UUID, now: datetime) -> None:
    """Let nobody sign in with it any more, and end its sessions. Raises NotFound."""
    disabled = await connection.execute(
        update(account)
        .where(account.c.id == account_id)
        .values(disabled_at=func.coalesce(account.c.disabled_at, now))
        .returning(account.c.id)
    )
    if disabled.scalar_one_or_none() is None:
        raise NotFound("not-found", "お探しのアカウントは見つかりませんでした。")
    await end_sessions(connection, account_id)


async def reset_password(connection: AsyncConnection, account_id: UUID) -> tuple[str, str]:
    """The login and its new first password, to be handed over; every session ends.

    Raises NotFound, or Conflict for an account that is disabled.
    """
    password = new_password()
    password_hash = await asyncio.to_thread(hash_password, password)
    query = select(account.c.login, account.c.disabled_at).where(account.c.id == account_id)
    found = (await connection.execute(query.with_for_update())).one_or_none()
    if found is None:
        raise NotFound("not-found", "お探しのアカウントは見つかりませんでした。")
    if found.disabled_at is not None:
        detail = "停止中のアカウントのパスワードは、新しくできません。"
        raise Conflict("account-disabled", detail, extra={"allowed": []})
    await connection.execute(
        update(account)
        .where(account.c.id == account_id)
        .values(password_hash=password_hash, must_change=True)
    )
    await end_sessions(connection, account_id)
    await forget_devices(connection, account_id)
    await forget_attempts(connection, found.login)
    return found.login, password


async def account_of(connection: AsyncConnection, login: str) -> UUID:
    """The id of the account with this login. Raises NotFound."""
    found = await connection.execute(select(account.c.id).where(account.c.login == login))
    account_id: UUID | None = found.scalar_one_or_none()
    if account_id is None:
        raise NotFound("not-found", "このログイン名のアカウントはありません。")
    return account_id
