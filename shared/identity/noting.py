"""The rows of the trail about coming in: of an account, or of a login that nobody may have."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.audit.writing import Actor, write
from shared.database import ANYBODY, transaction
from shared.identity.sign_in_limits import hash_of_login
from shared.identity.tables import account


async def note_of_account(
    connection: AsyncConnection, account_id: UUID, act: str, now: datetime
) -> None:
    """A row of what this account itself does, in the transaction that does it."""
    query = select(account.c.login, account.c.role, account.c.agency)
    found = (await connection.execute(query.where(account.c.id == account_id))).one()
    actor = Actor(found.login, account_id, found.role, found.agency)
    await write(connection, actor, act, now, kind="account", record=account_id, ground="self")


async def note_failure(
    engine: AsyncEngine, login: str, account_id: UUID | None, now: datetime
) -> None:
    """A row of a failed sign-in, the same work for every login. `account_id` if somebody has it.

    Of what was typed 16 bits are kept: enough to see the same again, too few to guess it from.
    """
    actor = Actor(f"unknown:{hash_of_login(login).hex()[:4]}", None, ANYBODY.role)
    async with transaction(engine, ANYBODY) as connection:
        await write(
            connection,
            actor,
            "sign-in-failed",
            now,
            kind="account",
            record=account_id,
            outcome="refused",
        )
