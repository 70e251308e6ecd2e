"""Devices on which an account has signed in: known again by a secret that opens nothing."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.identity.sessions import hash_secret
from shared.identity.tables import account, device

LIFETIME = timedelta(days=180)


async def known_device(
    connection: AsyncConnection, login: str, secret: str, now: datetime
) -> bytes | None:
    """The hash of this device's secret if this account has signed in on it."""
    found = await connection.execute(
        select(device.c.secret_hash)
        .join(account, account.c.id == device.c.account_id)
        .where(
            account.c.login == login,
            device.c.secret_hash == hash_secret(secret),
            device.c.expires_at > now,
        )
    )
    known: bytes | None = found.scalar_one_or_none()
    return known


async def remember_device(
    connection: AsyncConnection, account_id: UUID, before: str, now: datetime
) -> str:
    """The secret by which this device is known, for this account too from now on.

    One that several colleagues share keeps its secret; a secret that we did not give is replaced.
    """
    await connection.execute(delete(device).where(device.c.expires_at <= now))
    given = select(device.c.secret_hash).where(device.c.secret_hash == hash_secret(before)).limit(1)
    known = (await connection.execute(given)).scalar_one_or_none() is not None
    secret = before if known else secrets.token_urlsafe(32)
    row = upsert(device).values(
        secret_hash=hash_secret(secret), account_id=account_id, expires_at=now + LIFETIME
    )
    await connection.execute(
        row.on_conflict_do_update(
            index_elements=[device.c.secret_hash, device.c.account_id],
            set_={"expires_at": row.excluded.expires_at},
        )
    )
    return secret


async def forget_devices(connection: AsyncConnection, account_id: UUID) -> None:
    """Know none of the account's devices any more."""
    await connection.execute(delete(device).where(device.c.account_id == account_id))
