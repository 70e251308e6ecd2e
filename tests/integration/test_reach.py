"""What a request can do with rows that are not its own: every table stands in reach.txt."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from deploy.databases import NAMES
from shared.database import Acts

_TABLE = Path(__file__).with_name("reach.txt")
_DESK = "hoiku"
_ACTING = {
    "counter": Acts("counter", uuid4(), _DESK, "city"),
    "agency": Acts("agency", uuid4(), _DESK, "city"),
    "coordinator": Acts("agency", uuid4(), "kyosei", "coordinator"),
    "manager": Acts("manager", uuid4()),
    "admin": Acts("admin", uuid4()),
    "anybody": Acts("anybody"),
    "nobody": Acts(""),
}
#: One value of each type: every id is the same, so that the rows are one case of one other desk.
_VALUES = {
    "uuid": "00000000-0000-0000-0000-00000000000a",
    "text": "elsewhere",
    "boolean": "true",
    "date": "2026-05-20",
    "timestamp with time zone": "2026-05-20T10:00:00+09:00",
    "jsonb": "{}",
    "bytea": "\\x00",
    "character varying(32)": "elsewhere",
    "text[]": "{}",
    "smallint": "1",
    "integer": "1",
    "bigint": "1",
    "numeric": "1",
}
_TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
# An event of a request waits for its position, so what may be without one is.
_COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped
        AND NOT (attname = 'position' AND NOT attnotnull)
    ORDER BY attidentity <> '', attnum
"""
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname FROM pg_constraint
    WHERE contype IN ('f', 'c') AND connamespace = 'public'::regnamespace
"""
_TELL = """
    SELECT set_config('tsunagi.role', %s, true), set_config('tsunagi.account', %s, true),
        set_config('tsunagi.agency', %s, true), set_config('tsunagi.kind', %s, true)
"""
_MAY = """
    SELECT has_table_privilege(%(role)s, %(table)s, 'SELECT'),
        has_any_column_privilege(%(role)s, %(table)s, 'INSERT'),
        has_any_column_privilege(%(role)s, %(table)s, 'UPDATE'),
        has_table_privilege(%(role)s, %(table)s, 'DELETE')
"""


class Stranger:
    """A row in every table of one service's database, none of them of those who then ask.

    The owner asks, whom forced policies bind as they bind the service; what is granted is seen to.
    """

    def __init__(self, owner: psycopg.Connection[tuple[str, ...]], service: str) -> None:
        self._owner, self._service = owner, service
        self.tables = [name for (name,) in owner.execute(_TABLES).fetchall()]
        for table, name in owner.execute(_CONSTRAINTS).fetchall():
            drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
            owner.execute(drop.format(sql.Identifier(table), sql.Identifier(name)))
        for table in self.tables:
            self._alter(table, "DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY")
            owner.execute(self._insert(table))
            self._alter(table, "FORCE ROW LEVEL SECURITY")

    def _alter(self, table: str, what: LiteralString) -> None:
        name = sql.Identifier(table)
        self._owner.execute(sql.SQL("ALTER TABLE {} {}").format(name, sql.SQL(what)))

    def _tell(self, acts: Acts) -> None:
        account = "" if acts.account is None else str(acts.account)
        self._owner.execute(_TELL, [acts.role, account, acts.agency or "", acts.kind or ""])

    def _columns(self, table: str) -> list[tuple[sql.Identifier, sql.Composable]]:
        return [
            (sql.Identifier(name), sql.SQL("CAST({} AS {})").format(_VALUES[kind], sql.SQL(kind)))
            for name, kind in self._owner.execute(_COLUMNS, [table]).fetchall()
        ]

    def _insert(self, table: str) -> sql.Composed:
        names, values = zip(*self._columns(table), strict=True)
        words = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})")
        listed = sql.SQL(", ").join(names), sql.SQL(", ").join(values)
        return words.format(sql.Identifier(table), *listed)

    def _does(self, statement: sql.Composed) -> bool:
        """Whether it does anything at all; afterwards everything is as before."""
        try:
            with self._owner.transaction(force_rollback=True):
                done = self._owner.execute(statement)
                return done.rowcount > 0
        except psycopg.errors.UniqueViolation:
            return True
        except psycopg.errors.InsufficientPrivilege:
            return False

    def reach(self, table: str, acts: Acts) -> str:
        """r reads, a adds, c changes, d deletes; `-` what is refused."""
        name, (column, value) = sql.Identifier(table), self._columns(table)[0]
        statements = (
            sql.SQL("SELECT FROM {}").format(name),
            self._insert(table),
            sql.SQL("UPDATE {} SET {} = {}").format(name, column, value),
            sql.SQL("DELETE FROM {}").format(name),
        )
        may = self._owner.execute(_MAY, {"role": self._service, "table": table}).fetchone() or ()
        self._tell(acts)
        return "".join(
            letter if granted and self._does(statement) else "-"
            for letter, granted, statement in zip("racd", may, statements, strict=True)
        )


@contextmanager
def _stranger(environment: Mapping[str, str], service: str) -> Iterator[Stranger]:
    """Nothing of it is ever committed."""
    with psycopg.connect(environment[f"{service.upper()}_OWNER_DATABASE_URL"]) as owner:
        try:
            yield Stranger(owner, service)
        finally:
            owner.rollback()


def _expected(service: str) -> dict[str, list[str]]:
    lines = [line.split() for line in _TABLE.read_text(encoding="utf-8").splitlines()]
    return {words[1]: words[2:] for words in lines if words and words[0] == service}


@pytest.mark.parametrize("service", NAMES)
def test_nobody_reaches_more_of_a_table_than_is_listed(
    environment: dict[str, str], service: str
) -> None:
    with _stranger(environment, service) as stranger:
        found = {
            table: [stranger.reach(table, acts) for acts in _ACTING.values()]
            for table in stranger.tables
        }
    assert found == _expected(service)
