"""Bearer tokens for machines: scoped to a role and an agency, shown once, expiring."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from shared.identity.principal import Role
from shared.identity.sessions import hash_secret
from shared.identity.tables import token

LIFETIME = timedelta(days=365)


async def create_token(
    connection: AsyncConnection,
    *,
    name: str,
    role: Role,
    agency: str | None,
    now: datetime,
    lifetime: timedelta = LIFETIME,
) -> str:
    """A new token's secret; it cannot be shown again."""
    secret = f"tsn_{secrets.token_urlsafe(32)}"
    await connection.execute(
        insert(token).values(
            id=uuid7(),
            secret_hash=hash_secret(secret),
            name=name,
            role=role.value,
            agency=agency,
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    return secret


async def revoke_token(connection: AsyncConnection, secret: str, now: datetime) -> None:
    """End a token; whoever still has it is a stranger from now on."""
    await connection.execute(
        update(token)
        .where(token.c.secret_hash == hash_secret(secret), token.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
