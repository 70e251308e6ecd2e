"""Write a row of the trail into the transaction whose act it is about."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from shared.audit.acts import ACTS, ground_of
from shared.audit.tables import audit
from shared.database import SERVICE, Acts

#: `unchanged`: the form came back, or it had been done before. `refused`: not theirs to do or see.
Outcome = Literal["done", "unchanged", "refused"]

_RECORD = re.compile(r"[A-Za-z0-9._-]{1,80}")
_AGENCY = re.compile(r"[a-z0-9-]{1,40}")
_MADE = text("SELECT set_config('tsunagi.made', :record, true)")
#: Whether this transaction has written anything, and what it said that it made. A row that is only
#: locked gives the transaction a number too, but no table is locked as for writing.
_DONE = text(
    "SELECT pg_current_xact_id_if_assigned() IS NOT NULL AND EXISTS (SELECT FROM pg_locks"
    " WHERE pid = pg_backend_pid() AND locktype = 'relation' AND mode = 'RowExclusiveLock')"
    " AS changed, nullif(current_setting('tsunagi.made', true), '') AS made"
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `who` is a login, `token:` and its id, `unknown:` and a mark, or `command`."""

    who: str
    who_id: UUID | None
    role: str
    agency: str | None = None


#: Whoever types a command on the server.
COMMAND = Actor("command", None, str(SERVICE.role))


def identified(record: str | None) -> str | None:
    """The record's id if it is one: what is typed into an address may be anything."""
    return record if record is not None and _RECORD.fullmatch(record) else None


def uuid_of(record: str | None) -> UUID | None:
    """The record's id if it is one of ours, which nobody types as a word."""
    try:
        return None if record is None else UUID(record)
    except ValueError:
        return None


async def write(
    connection: AsyncConnection,
    actor: Actor,
    act: str,
    now: datetime,
    *,
    kind: str | None = None,
    record: str | UUID | None = None,
    outcome: Outcome = "done",
    ground: str | ColumnElement[str] | None = None,
    trace: str | None = None,
) -> None:
    """Add the row. Raises KeyError for an act that is not in the list.

    `ground` is why it may be done, or what PostgreSQL is asked for it; without it, role and act
    say it. What is refused has none.
    """
    known = identified(None if record is None else str(record))
    agency = actor.agency if actor.agency and _AGENCY.fullmatch(actor.agency) else None
    why = ground_of(ACTS[act], actor.role) if ground is None else ground
    row = {
        "id": uuid7(),
        "at": now,
        "act": ACTS[act].name,
        "outcome": outcome,
        "ground": "none" if outcome == "refused" else why,
        "who": actor.who[:120],
        "who_id": actor.who_id,
        "role": actor.role,
        "agency": agency,
        "kind": None if known is None else kind,
        "record": known,
        "trace": trace,
    }
    await connection.execute(insert(audit).values(row))


async def note_command(
    connection: AsyncConnection,
    act: str,
    now: datetime,
    kind: str | None = None,
    record: str | UUID | None = None,
) -> None:
    """The row of a command, about this record or about what its transaction said that it made."""
    made = record or (await what_was_done(connection))[1]
    await write(connection, COMMAND, act, now, kind=kind, record=made)


def command_acts(
    act: str, now: datetime, kind: str | None = None, record: str | UUID | None = None
) -> Acts:
    """The service itself as a command is, with its row at the end of the transaction."""

    async def note(connection: AsyncConnection) -> None:
        await note_command(connection, act, now, kind, record)

    return replace(SERVICE, note=note)


async def say_made(connection: AsyncConnection, record: str | UUID) -> None:
    """Say in this transaction which record it made, for the row at its end."""
    await connection.execute(_MADE, {"record": str(record)})


async def what_was_done(connection: AsyncConnection) -> tuple[bool, str | None]:
    """Whether this transaction changed anything, and the id of what it made."""
    found = (await connection.execute(_DONE)).one()
    return bool(found.changed), found.made
