"""Accounts of people: made and disabled by the administrator, never deleted."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from shared.errors import InvalidInput
from shared.identity.passwords import hash_password, refuse_weak
from shared.identity.principal import DESK_ROLES, Role
from shared.identity.tables import account, session


@dataclass(frozen=True, slots=True)
class Account:
    """Who may sign in. `name` is a post, never a person's name."""

    id: UUID
    login: str
    name: str
    role: Role
    agency: str | None
    disabled_at: datetime | None


def check_scope(role: Role, agency: str | None, known: frozenset[str]) -> None:
    """Raise InvalidInput unless the role has the agency that it needs, and a known one."""
    if role in DESK_ROLES and agency is None:
        raise InvalidInput.field("agency", code="missing", detail="機関を選んでください。")
    if agency is not None and agency not in known:
        raise InvalidInput.field("agency", code="unknown-agency", detail="一覧にない機関です。")


async def create_account(
    connection: AsyncConnection,
    *,
    login: str,
    name: str,
    role: Role,
    agency: str | None,
    password: str,
    now: datetime,
) -> UUID:
    """Make an account. Raises InvalidInput for a taken login or a weak password."""
    refuse_weak(password)
    account_id = uuid7()
    made = await connection.execute(
        upsert(account)
        .values(
            id=account_id,
            login=login,
            name=name,
            role=role.value,
            agency=agency,
            password_hash=hash_password(password),
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[account.c.login])
        .returning(account.c.id)
    )
    if made.scalar_one_or_none() is None:
        detail = "このログイン名はすでに使われています。"
        raise InvalidInput.field("login", code="taken", detail=detail)
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
    ).order_by(account.c.login)
    rows = (await connection.execute(query)).mappings()
    return [Account(**{**row, "role": Role(row["role"])}) for row in rows]


async def disable_account(connection: AsyncConnection, account_id: UUID, now: datetime) -> None:
    """Let nobody sign in with it any more, and end its sessions."""
    await connection.execute(
        update(account)
        .where(account.c.id == account_id, account.c.disabled_at.is_(None))
        .values(disabled_at=now)
    )
    await connection.execute(delete(session).where(session.c.account_id == account_id))
