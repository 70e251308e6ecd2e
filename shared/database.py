"""One PostgreSQL database: its engine, its transactions, and what counts as being away."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Table,
    Uuid,
    any_,
    cast,
    column,
    literal,
    text,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.types import NULLTYPE

#: Faults of a server that is away or busy; the same work may succeed later.
TRANSIENT_STATES = ("08", "40", "53", "55P03", "57")


def driver_url(url: str) -> str:
    """The SQLAlchemy address of a plain `postgresql://` one, as psql takes it."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"postgresql", "postgres"}:
        raise ValueError("a database address begins with postgresql://")
    return f"postgresql+psycopg://{rest}"


def make_engine(
    url: str, *, pool_size: int = 12, application: str = "tsunagi", options: str = ""
) -> AsyncEngine:
    """An engine with a small pool that notices dead connections and never waits for long.

    `options` are for the server, such as `-c search_path=a,b`; they stand over our own.
    """
    return create_async_engine(
        driver_url(url),
        pool_size=pool_size,
        max_overflow=0,  # connections beyond the pool would be made anew for every request
        pool_timeout=5,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 3,
            "application_name": application,
            "options": "-c timezone=UTC -c statement_timeout=30000 -c lock_timeout=10000"
            f" -c idle_in_transaction_session_timeout=60000 {options}",
        },
    )


@dataclass(frozen=True, slots=True)
class Acts:
    """Who acts, as row-level security is told (ADR 23). `kind` is that of the agency's desk.

    `note` is done last in the transaction: what it writes stays or goes with the rest; `kept` is
    called once it stays (ADR 24).
    """

    role: str
    account: UUID | None = None
    agency: str | None = None
    kind: str | None = None
    note: Callable[[AsyncConnection], Awaitable[None]] | None = field(default=None, compare=False)
    kept: Callable[[], None] | None = field(default=None, compare=False)


#: The service itself: what it reads, what it times, what is typed at its command line.
SERVICE = Acts("service")
#: Whoever reads what is published: no record of anybody.
ANYBODY = Acts("anybody")
#: Options of a connection that is the service's own throughout, as one for looking at the tables.
AS_SERVICE = "-c tsunagi.role=service"

_TELL = text(
    "SELECT set_config('tsunagi.role', :role, true), set_config('tsunagi.account', :account, true),"
    " set_config('tsunagi.agency', :agency, true), set_config('tsunagi.kind', :kind, true)"
)


async def tell(connection: AsyncConnection, acts: Acts) -> None:
    """Say who acts from here to the end of the transaction."""
    account = "" if acts.account is None else str(acts.account)
    said = {"role": acts.role, "account": account}
    await connection.execute(_TELL, said | {"agency": acts.agency or "", "kind": acts.kind or ""})


_ROLE = text("SELECT set_config('tsunagi.role', :role, true)")
_ROLE_NOW = text("SELECT current_setting('tsunagi.role', true)")


@asynccontextmanager
async def as_service(connection: AsyncConnection) -> AsyncIterator[None]:
    """Inside the block the service itself works on, where who acts was checked before.

    A fault ends the transaction, and with it what was said.
    """
    role = (await connection.execute(_ROLE_NOW)).scalar_one_or_none()
    await connection.execute(_ROLE, {"role": str(SERVICE.role)})
    yield
    await connection.execute(_ROLE, {"role": role or ""})


@asynccontextmanager
async def transaction(engine: AsyncEngine, acts: Acts) -> AsyncIterator[AsyncConnection]:
    """One transaction of those who act: commits when the block ends, rolls back when it raises."""
    async with engine.begin() as connection:
        await tell(connection, acts)
        yield connection
        if acts.note is not None:
            await acts.note(connection)
    if acts.kept is not None:
        acts.kept()


def among(ids_column: Column[Any], ids: Iterable[UUID]) -> ColumnElement[bool]:
    """Whether the column holds one of these ids: one parameter, however many there are."""
    return ids_column == any_(cast(literal(as_array(ids), NULLTYPE), ARRAY(Uuid)))


def as_array(ids: Iterable[UUID]) -> str:
    """Ids as PostgreSQL writes an array of them, which is much faster than one by one.

    It is a text without a type, so that PostgreSQL reads it once, as the array that it becomes.
    """
    return "{" + ",".join([one.hex for one in ids]) + "}"


def insert_rows(table: Table, names: Sequence[str]) -> Insert:
    """An insert that takes the rows of a batch as one JSON parameter, `rows`."""
    columns = ", ".join(f'"{name}"' for name in names)
    rows = text(
        f"SELECT {columns} FROM"  # noqa: S608  names of our own tables
        f" json_populate_recordset(CAST(NULL AS {table.name}), CAST(:rows AS json))"
    )
    return insert(table).from_select(list(names), rows.columns(*map(column, names)))


def lacks_tables(error: BaseException) -> bool:
    """Whether the database answered, and was not migrated yet."""
    return isinstance(getattr(error, "orig", None), psycopg.errors.UndefinedTable)


def is_transient(error: BaseException) -> bool:
    """Whether the database was away or busy, so that the same work may succeed later."""
    if isinstance(error, PoolTimeout | InterfaceError):
        return True
    if not isinstance(error, DBAPIError):
        return isinstance(error, psycopg.OperationalError | ConnectionError | TimeoutError)
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return isinstance(error, OperationalError)
    return str(state).startswith(TRANSIENT_STATES)
