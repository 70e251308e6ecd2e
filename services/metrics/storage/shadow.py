"""Tables like the live ones in a schema beside them, and the moment in which they change places.

What stands here is the owner's work: the runtime role may not make a table, and never reads these.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

SCHEMA = "rebuild"
#: With these options a connection finds the tables beside the live ones first, by the same names.
OPTIONS = (
    f"-c search_path={SCHEMA},public -c statement_timeout=0"
    " -c idle_in_transaction_session_timeout=0 -c synchronous_commit=off"
)
CONTRIBUTION = "contribution"
FACTS = (
    *("consultation_fact", "leg_fact", "activity_fact", "figure_fact", "conference_fact"),
    *("holder_change", "unmet_need", "case_change"),
)
#: Everything that events are counted into. Releases, rules and what was read stay where they are.
TABLES = (*FACTS, CONTRIBUTION)

_RIGHTS = text(
    """
    SELECT format('GRANT %s ON %I.%I TO %I', given.privilege_type, CAST(:schema AS text), relname,
        CAST(given.grantee AS regrole))
    FROM pg_class, aclexplode(relacl) AS given
    WHERE pg_class.oid = to_regclass('public.' || :table) AND given.grantee NOT IN (0, relowner)
    """
)
_KEYS = text(
    """
    SELECT format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', CAST(:schema AS text),
        CAST(:table AS text), conname, pg_get_constraintdef(oid))
    FROM pg_constraint
    WHERE conrelid = to_regclass('public.' || :table) AND contype IN ('p', 'u')
    """
)
_INDEXES = text(
    """
    SELECT replace(pg_get_indexdef(indexrelid), ' ON public.',
        format(' ON %I.', CAST(:schema AS text)))
    FROM pg_index
    WHERE indrelid = to_regclass('public.' || :table) AND indexrelid NOT IN
        (SELECT conindid FROM pg_constraint WHERE conrelid = indrelid AND contype IN ('p', 'u'))
    """
)
#: Who sees their rows (ADR 23); COPY fills a table only while nobody asks.
_DOORS = text(
    """
    SELECT format('CREATE POLICY %I ON %I.%I AS %s FOR %s USING (%s)', policyname,
        CAST(:schema AS text), tablename, permissive, cmd, qual)
    FROM pg_policies WHERE schemaname = 'public' AND tablename = :table
    UNION ALL
    SELECT format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY',
        CAST(:schema AS text), CAST(:table AS text))
    FROM pg_class WHERE oid = to_regclass('public.' || :table) AND relrowsecurity
    """
)
_FORM = text("SELECT version_num FROM public.alembic_version")


async def _run(connection: AsyncConnection, statements: Any, table: str) -> None:
    rows = await connection.execute(statements, {"schema": SCHEMA, "table": table})
    for statement in list(rows.scalars()):
        await connection.exec_driver_sql(statement)


async def remove(connection: AsyncConnection) -> None:
    """Leave nothing of a rebuild."""
    await connection.exec_driver_sql("SET LOCAL client_min_messages = warning")
    await connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


async def make(connection: AsyncConnection) -> None:
    """Empty tables, in the place of what an earlier rebuild may have left."""
    await remove(connection)
    await connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
    for table in TABLES:
        await _make_table(connection, table)
    for table in FACTS:  # facts are found by their keys while they are folded
        await _run(connection, _KEYS, table)


async def _make_table(connection: AsyncConnection, table: str) -> None:
    await connection.exec_driver_sql(
        f"CREATE TABLE {SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL EXCLUDING INDEXES)"
    )
    await _run(connection, _RIGHTS, table)


async def empty_contributions(connection: AsyncConnection) -> None:
    """The table of contributions, empty and without an index, to be filled at once."""
    await connection.exec_driver_sql(f"DROP TABLE {SCHEMA}.{CONTRIBUTION}")
    await _make_table(connection, CONTRIBUTION)


async def index(connection: AsyncConnection, tables: Sequence[str]) -> None:
    """Give filled tables the indexes of the live ones, under the same names."""
    for table in tables:
        if table == CONTRIBUTION:
            await _run(connection, _KEYS, table)
        await _run(connection, _INDEXES, table)
        await connection.exec_driver_sql(f"ANALYZE {SCHEMA}.{table}")


async def form(connection: AsyncConnection) -> str:
    """Which migration the live tables come from."""
    return str((await connection.execute(_FORM)).scalar_one())


async def swap(connection: AsyncConnection) -> None:
    """Put these tables in the place of the live ones, for everybody from this commit on."""
    await connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
    for table in TABLES:
        await _run(connection, _DOORS, table)
    live = ", ".join(f"public.{table}" for table in TABLES)
    await connection.exec_driver_sql(f"DROP TABLE {live}")
    for table in TABLES:
        await connection.exec_driver_sql(f"ALTER TABLE {SCHEMA}.{table} SET SCHEMA public")
    await connection.exec_driver_sql(f"DROP SCHEMA {SCHEMA}")
