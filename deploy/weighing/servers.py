"""What only the servers show: what a role or a user may do, and accounts of the demonstration."""

from collections.abc import AsyncIterator, Sequence
from urllib.parse import urlsplit

from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from deploy.databases import NAMES
from deploy.weighing.addresses import EVERYTHING, OWNER, connects_with, redis_settings
from deploy.weighing.shortcoming import Shortcoming
from shared.database import SERVICE, is_transient, lacks_tables, make_engine, transaction
from shared.messaging.connecting import ask_redis
from shared.settings import Settings
from shared.web.public_address import is_local

_STRANGE = "この役割は、ほかのサービスのデータベース（{others}）も開けます。役割を分けてください。"
_DEMO = (
    "見本のアカウント（{logins}）が、はじめのパスワードのまま使える状態です。"
    "tsunagi account reset か disable で、使えなくしてください。"
)
#: A superuser passes by every rule of rows, an owner may switch the rules off, and whoever is a
#: member of another role can become that one.
_RULES = text(
    "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication"
    " OR EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid)"
    " OR EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user)"
    " FROM pg_roles WHERE rolname = current_user"
)
_OTHERS = text(
    "SELECT datname FROM pg_database WHERE datname <> current_database() AND datname = ANY(:names)"
    " AND has_database_privilege(oid, 'CONNECT') ORDER BY datname"
)
#: Whoever is made by a person, or has a new password, has a row of that in the trail.
_FIRST = text(
    "SELECT login FROM account WHERE disabled_at IS NULL AND password_hash IS NOT NULL"
    " AND login = ANY(:logins) AND NOT EXISTS (SELECT FROM audit WHERE record = account.id::text"
    " AND act IN ('account-create', 'account-reset', 'password-change') AND outcome = 'done')"
    " ORDER BY login"
)


async def shortcomings_inside(
    settings: Settings, demonstration: Sequence[str]
) -> list[Shortcoming]:
    """What the servers show of the roles, the users, and the demonstration's accounts.

    A server that is away shows nothing; the process waits for it anyway.
    """
    found = [one async for one in _of_redis(settings)]
    given = [name for name in NAMES if getattr(settings, f"{name}_database_url") is not None]
    called = {connects_with(settings.database_url(name)).get("dbname", "") for name in given}
    for name in given:
        engine = make_engine(settings.database_url(name), pool_size=1, application="check")
        try:
            async with transaction(engine, SERVICE) as connection:
                found += [
                    one async for one in _of_role(connection, name, sorted({*NAMES, *called}))
                ]
                public = not is_local(urlsplit(settings.tsunagi_url).hostname or "")
                if name == "identity" and public:
                    found += [one async for one in _of_accounts(connection, demonstration)]
        except Exception as error:
            if not lacks_tables(error) and not is_transient(error):
                raise
        finally:
            await engine.dispose()
    return found


async def _of_role(
    connection: AsyncConnection, name: str, names: Sequence[str]
) -> AsyncIterator[Shortcoming]:
    setting = f"{name.upper()}_DATABASE_URL"
    if (await connection.execute(_RULES)).scalar():
        yield Shortcoming(setting, OWNER)
    others = (await connection.execute(_OTHERS, {"names": list(names)})).scalars().all()
    if others:
        yield Shortcoming(setting, _STRANGE.format(others="、".join(others)))


async def _of_accounts(
    connection: AsyncConnection, logins: Sequence[str]
) -> AsyncIterator[Shortcoming]:
    active = (await connection.execute(_FIRST, {"logins": list(logins)})).scalars().all()
    if active:
        yield Shortcoming("DEMO", _DEMO.format(logins="、".join(active)))


async def _of_redis(settings: Settings) -> AsyncIterator[Shortcoming]:
    """A user of a process may not even ask who it is; one that may is for people."""
    for setting in dict.fromkeys(redis_settings(settings).values()):
        client = ask_redis(getattr(settings, setting.lower()).get_secret_value(), patience=3)
        try:
            await client.acl_whoami()
            yield Shortcoming(setting, EVERYTHING)
        except (RedisError, OSError):
            continue
        finally:
            await client.aclose()
