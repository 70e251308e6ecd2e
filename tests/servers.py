"""Real servers for the tests: embedded ones, or containers where an engine runs."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import psycopg
import redis
from testcontainers.community.postgres import PostgresContainer
from testcontainers.community.redis import RedisContainer

from deploy.databases import NAMES, ensure_databases, migrate_all
from deploy.embedded.servers import EmbeddedServers
from deploy.redis_users import PROCESSES, hashed, process_users, user_name

#: Connections are kept from test to test.
_ROOM = "-c max_connections=500"
_PASSWORD = "only-for-tests-0a9f3c71d2"


def _environment(place: str, store_place: str) -> dict[str, str]:
    addresses = {"REDIS_URL": f"redis://:{_PASSWORD}@{store_place}/0"}
    for process in PROCESSES:
        who = f"{user_name(process)}:{_PASSWORD}"
        addresses[f"{process.upper()}_REDIS_URL"] = f"redis://{who}@{store_place}/0"
    addresses["TSUNAGI_AUDIT_SECRET"] = secrets.token_hex(32)
    addresses["TSUNAGI_AUDIT_FOLDER"] = mkdtemp(prefix="tsunagi-audit-")
    for name in NAMES:
        for role in (name, f"{name}_owner"):
            addresses[f"{role.upper()}_DATABASE_URL"] = (
                f"postgresql://{role}:{_PASSWORD}@{place}/{name}"
            )
    return addresses


def let_processes_in(url: str) -> None:
    """Make the users of the processes in a Redis that has none of them."""
    client = redis.Redis.from_url(url)
    for line in process_users(hashed(dict.fromkeys(PROCESSES, _PASSWORD))):
        client.execute_command("ACL SETUSER", *re.findall(r"\([^)]*\)|\S+", line)[1:])
    client.close()


@contextmanager
def containers() -> Iterator[dict[str, str]]:
    """PostgreSQL and Redis in containers, by testcontainers."""
    postgres_image = os.environ.get("TSUNAGI_TEST_POSTGRES_IMAGE", "postgres:18")
    redis_image = os.environ.get("TSUNAGI_TEST_REDIS_IMAGE", "redis:7.4")
    with (
        PostgresContainer(postgres_image, driver=None).with_command(_ROOM) as postgres,
        RedisContainer(redis_image, password=_PASSWORD) as store,
    ):
        ensure_databases(postgres.get_connection_url(), lambda _: _PASSWORD)
        place = f"{postgres.get_container_host_ip()}:{postgres.get_exposed_port(5432)}"
        store_place = f"{store.get_container_host_ip()}:{store.get_exposed_port(6379)}"
        environment = _environment(place, store_place)
        let_processes_in(environment["REDIS_URL"])
        yield environment


@contextmanager
def started_servers(folder: Path) -> Iterator[dict[str, str]]:
    """Migrated servers, as settings; `TSUNAGI_TEST_SERVERS=containers` chooses containers."""
    if os.environ.get("TSUNAGI_TEST_SERVERS", "embedded") == "containers":
        with containers() as environment:
            migrate_all(environment)
            yield environment
    else:
        with EmbeddedServers(folder / "var", durable=False) as servers:
            migrate_all(servers.environment)
            yield servers.environment


def without_redis(environment: dict[str, str]) -> dict[str, str]:
    """The same addresses, but nobody answers at Redis's."""
    nowhere = "redis://127.0.0.1:1/0"
    return {
        name: nowhere if name.endswith("REDIS_URL") else value
        for name, value in environment.items()
    }


#: One round trip for each database. Most tables are empty, and emptying those costs as much.
_EMPTY = """
DO $$
DECLARE
    one text;
    found boolean;
    full_ones text[] := '{}';
BEGIN
    FOR one IN SELECT quote_ident(tablename) FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO found;
        IF found THEN full_ones := full_ones || one; END IF;
    END LOOP;
    IF full_ones <> '{}' THEN
        EXECUTE format('TRUNCATE %s RESTART IDENTITY CASCADE', array_to_string(full_ones, ', '));
    END IF;
END $$
"""


#: The owners' connections of the run: one that was used before knows its tables already.
_OWNERS: dict[str, psycopg.Connection] = {}


def _owner(url: str) -> psycopg.Connection:
    if url not in _OWNERS or _OWNERS[url].closed:
        _OWNERS[url] = psycopg.connect(url, autocommit=True)
        _OWNERS[url].execute("SET tsunagi.role = 'service'")
    return _OWNERS[url]


def empty(environment: dict[str, str]) -> None:
    """Empty every table and stream, so that each test begins with nothing."""
    for name in NAMES:
        _owner(environment[f"{name.upper()}_OWNER_DATABASE_URL"]).execute(_EMPTY)
    client = redis.Redis.from_url(environment["REDIS_URL"])
    client.flushall()
    client.close()
