"""Bearer tokens for machines: scoped to a role and an agency, shown once, expiring."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from shared.audit.writing import say_made
from shared.errors import NotFound
from shared.identity.naming import refuse_name
from shared.identity.principal import Role
from shared.identity.sessions import hash_secret
from shared.identity.tables import token

LIFETIME = timedelta(days=365)
LONGEST = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Token:
    """A token as the administrator sees it; its secret is nowhere."""

    id: UUID
    name: str
    role: Role
    agency: str | None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def state(self, now: datetime) -> str:
        """In words: in use, expired, revoked."""
        if self.revoked_at is not None:
            return "取り消し済み"
        return "有効" if self.expires_at > now else "期限切れ"


async def create_token(
    connection: AsyncConnection,
    *,
    name: str,
    role: Role,
    agency: str | None,
    now: datetime,
    lifetime: timedelta = LIFETIME,
) -> str:
    """A new token's secret; it cannot be shown again. Raises InvalidInput for its name."""
    refuse_name(name)
    secret, token_id = f"tsn_{secrets.token_urlsafe(32)}", uuid7()
    await connection.execute(
        insert(token).values(
            id=token_id,
            secret_hash=hash_secret(secret),
            name=name,
            role=role.value,
            agency=agency,
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    await say_made(connection, token_id)
    return secret


async def revoke_token(connection: AsyncConnection, secret: str, now: datetime) -> None:
    """End a token; whoever still has it is a stranger from now on. Says which, for the trail."""
    ended = await connection.execute(
        update(token)
        .where(token.c.secret_hash == hash_secret(secret), token.c.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(token.c.id)
    )
    if (token_id := ended.scalar_one_or_none()) is not None:
        await say_made(connection, token_id)


async def end_token(connection: AsyncConnection, token_id: UUID, now: datetime) -> None:
    """The same for the administrator, who has no secret. Raises NotFound."""
    ended = await connection.execute(
        update(token)
        .where(token.c.id == token_id)
        .values(revoked_at=func.coalesce(token.c.revoked_at, now))
        .returning(token.c.id)
    )
    if ended.scalar_one_or_none() is None:
        raise NotFound("not-found", "お探しの鍵は見つかりませんでした。")


async def list_tokens(connection: AsyncConnection) -> list[Token]:
    """Every token, the newest first."""
    query = select(
        token.c.id,
        token.c.name,
        token.c.role,
        token.c.agency,
        token.c.created_at,
        token.c.expires_at,
        token.c.last_used_at,
        token.c.revoked_at,
    ).order_by(token.c.created_at.desc(), token.c.id.desc())
    rows = (await connection.execute(query)).mappings()
    return [Token(**{**row, "role": Role(row["role"])}) for row in rows]
