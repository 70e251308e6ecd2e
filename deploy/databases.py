"""The four databases, each with an owner that migrates and a runtime role that only works."""

from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg
from psycopg import sql

import services
import shared
from shared.migrations import migrate

NAMES = ("identity", "intake", "referral", "metrics")

_SERVICES = Path(services.__file__).parent
MIGRATIONS = {
    "identity": Path(shared.__file__).parent / "identity/migrations",
    **{name: _SERVICES / name / "storage/migrations" for name in NAMES if name != "identity"},
}


def ensure_databases(admin_url: str, password_of: Callable[[str], str]) -> None:
    """Make roles and databases that are missing. Safe to run again; passwords are set anew."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for name in NAMES:
            for role in (f"{name}_owner", name):
                _ensure_role(connection, role, password_of(role))
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if found.fetchone() is None:
                connection.execute(
                    sql.SQL(
                        "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0"
                    ).format(sql.Identifier(name), sql.Identifier(f"{name}_owner"))
                )
            database, worker = sql.Identifier(name), sql.Identifier(name)
            for statement in (
                sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, worker),
            ):
                connection.execute(statement)
        _close_own(connection)
    base, _, _ = admin_url.rpartition("/")
    for name in NAMES:
        with psycopg.connect(f"{base}/{name}", autocommit=True) as connection:
            _grant_work(connection, name)


def _close_own(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Let nobody but its owner into the server's own databases, which are everybody's at first.

    A server that somebody else runs owns them, and decides for itself.
    """
    found = connection.execute(
        "SELECT datname FROM pg_database WHERE datname IN ('postgres', 'template1', %s)"
        " AND pg_has_role(datdba, 'USAGE')",
        [connection.info.dbname],
    )
    for (name,) in found.fetchall():
        closing = sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC")
        connection.execute(closing.format(sql.Identifier(str(name))))


def _ensure_role(
    connection: psycopg.Connection[tuple[object, ...]], role: str, password: str
) -> None:
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("CREATE ROLE" if found is None else "ALTER ROLE")
    connection.execute(
        sql.SQL("{} {} LOGIN PASSWORD {}").format(verb, sql.Identifier(role), sql.Literal(password))
    )


def _grant_work(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """Let the runtime role read and write rows that the owner's tables hold, and nothing else."""
    owner, role = sql.Identifier(f"{name}_owner"), sql.Identifier(name)
    for statement in (
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT ALL ON SCHEMA public TO {owner}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        (
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
            " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}"
        ),
        (
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
            " GRANT USAGE ON SEQUENCES TO {role}"
        ),
    ):
        connection.execute(sql.SQL(statement).format(owner=owner, role=role))


def migrate_all(environment: Mapping[str, str]) -> None:
    """Bring every database up to date, as its owner."""
    for name in NAMES:
        migrate(MIGRATIONS[name], environment[f"{name.upper()}_OWNER_DATABASE_URL"])
