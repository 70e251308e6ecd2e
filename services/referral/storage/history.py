"""What happened to a case: every act with both of its times."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from services.referral.storage.tables import contact, history
from shared.database import among


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `detail` holds codes and guarded words only."""

    action: str
    leg_id: UUID | None
    agency: str
    actor: str
    detail: dict[str, Any]
    happened_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """A support contact. The memo is for the agency that wrote it, and nobody else."""

    held_on: date
    kind: str
    memo: str | None


async def note(connection: AsyncConnection, case_id: UUID, act: Act) -> None:
    """Add an act to the case's history."""
    values = {name: getattr(act, name) for name in Act.__dataclass_fields__}
    await connection.execute(insert(history).values(values | {"case_id": case_id}))


async def of_case(connection: AsyncConnection, case_id: UUID) -> list[Act]:
    """The acts on a case, in the order in which they were typed in."""
    columns = [history.c[name] for name in Act.__dataclass_fields__]
    query = select(*columns).where(history.c.case_id == case_id).order_by(history.c.number)
    return [Act(**row) for row in (await connection.execute(query)).mappings()]


async def of_leg(connection: AsyncConnection, case_id: UUID, leg_id: UUID) -> list[Act]:
    """The acts on one leg, in the order in which they were typed in."""
    columns = [history.c[name] for name in Act.__dataclass_fields__]
    mine = (history.c.case_id == case_id) & (history.c.leg_id == leg_id)
    query = select(*columns).where(mine).order_by(history.c.number)
    return [Act(**row) for row in (await connection.execute(query)).mappings()]


async def add_contact(
    connection: AsyncConnection,
    leg_id: UUID,
    *,
    held_on: date,
    kind: str,
    memo: str | None,
    now: datetime,
) -> None:
    """Store a support contact."""
    await connection.execute(
        insert(contact).values(
            id=uuid7(), leg_id=leg_id, held_on=held_on, kind=kind, memo=memo, recorded_at=now
        )
    )


async def contacts_of(
    connection: AsyncConnection, leg_ids: Collection[UUID]
) -> dict[UUID, list[Contact]]:
    """The support contacts of these legs, oldest first."""
    columns = [contact.c[name] for name in Contact.__dataclass_fields__]
    query = (
        select(contact.c.leg_id, *columns)
        .where(among(contact.c.leg_id, leg_ids))
        .order_by(contact.c.held_on, contact.c.recorded_at)
    )
    found: dict[UUID, list[Contact]] = {}
    for leg_id, *values in await connection.execute(query):
        found.setdefault(leg_id, []).append(Contact(*values))
    return found


async def end_of_case(connection: AsyncConnection, case_id: UUID) -> Act | None:
    """The act by which a case last ended."""
    columns = [history.c[name] for name in Act.__dataclass_fields__]
    ended = (history.c.case_id == case_id) & (history.c.action == "close-case")
    query = select(*columns).where(ended).order_by(history.c.number.desc()).limit(1)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else Act(**row)


async def last_of_leg(connection: AsyncConnection, case_id: UUID, leg_id: UUID) -> Act | None:
    """The newest act on a leg."""
    columns = [history.c[name] for name in Act.__dataclass_fields__]
    mine = (history.c.case_id == case_id) & (history.c.leg_id == leg_id)
    query = select(*columns).where(mine).order_by(history.c.number.desc()).limit(1)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else Act(**row)
