"""Cases with their legs, read as a whole and changed one at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import LIVE, Case, CaseState, Leg, LegState
from services.referral.domain.holding import Standing
from services.referral.storage import visibility
from services.referral.storage.tables import case, consultation, leg
from shared.database import among

FROM = case.join(consultation, consultation.c.id == case.c.consultation_id)
COLUMNS = (
    case,
    consultation.c.received_at,
    consultation.c.topics,
    consultation.c.urgency,
    consultation.c.facts,
    consultation.c.cancelled,
)
_CASE_FIELDS = frozenset(field.name for field in fields(Case))
_OWN = frozenset(str(column.name) for column in case.columns)
_FIXED = frozenset({"id", "consultation_id", "code", "opened_at"})


def as_case(row: RowMapping) -> Case:
    """The case of a row of `COLUMNS`."""
    values = {name: row[name] for name in _CASE_FIELDS}
    values["state"] = CaseState(row["state"])
    for name in ("topics", "stopped_clocks"):
        values[name] = tuple(row[name])
    return Case(**values)


def as_leg(row: RowMapping) -> Leg:
    """The leg of a row."""
    clocks = {kind: datetime.fromisoformat(at) for kind, at in row["contact_clocks"].items()}
    return Leg(**{**row, "state": LegState(row["state"]), "contact_clocks": clocks})


def _case_values(of: Case, names: Iterable[str]) -> dict[str, Any]:
    values = {name: getattr(of, name) for name in names}
    return values | {"stopped_clocks": list(of.stopped_clocks)}


def _leg_values(of: Leg) -> dict[str, Any]:
    values = {field.name: getattr(of, field.name) for field in fields(Leg)}
    clocks = {kind: at.isoformat() for kind, at in of.contact_clocks.items()}
    return values | {"contact_clocks": clocks}


async def add(connection: AsyncConnection, opened: Case) -> None:
    """Store a new case."""
    await connection.execute(insert(case).values(_case_values(opened, _OWN)))


async def find(connection: AsyncConnection, case_id: UUID, *, lock: bool = False) -> Case | None:
    """A case; with `lock`, whoever else wants to act on it waits for this transaction."""
    query = select(*COLUMNS).select_from(FROM).where(case.c.id == case_id)
    if lock:
        query = query.with_for_update(of=case)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else as_case(row)


async def standing(
    connection: AsyncConnection, case_id: UUID, *, lock: bool = False
) -> Standing | None:
    """A case with its legs; see `find`."""
    found = await find(connection, case_id, lock=lock)
    return None if found is None else Standing(found, await legs_of(connection, case_id))


async def with_code(connection: AsyncConnection, code: str) -> Standing | None:
    """The case that was given this hand-over code, with its legs."""
    query = select(*COLUMNS).select_from(FROM).where(case.c.code == code)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else Standing(as_case(row), await legs_of(connection, row["id"]))


async def case_of_leg(connection: AsyncConnection, leg_id: UUID) -> UUID | None:
    """The case that a leg belongs to."""
    query = select(leg.c.case_id).where(leg.c.id == leg_id)
    return (await connection.execute(query)).scalar_one_or_none()


async def leg_received(connection: AsyncConnection, leg_id: UUID, receiver: str) -> Leg | None:
    """A leg that this agency receives or received, whatever it may see of its case."""
    query = select(leg).where(leg.c.id == leg_id, visibility.received_by(receiver))
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else as_leg(row)


async def legs_of(connection: AsyncConnection, case_id: UUID) -> tuple[Leg, ...]:
    """The legs of a case, in the order in which they were offered."""
    query = select(leg).where(leg.c.case_id == case_id).order_by(leg.c.id)
    return tuple(as_leg(row) for row in (await connection.execute(query)).mappings())


async def legs_of_cases(
    connection: AsyncConnection, case_ids: Iterable[UUID]
) -> dict[UUID, list[Leg]]:
    """The legs of many cases, by case."""
    query = select(leg).where(among(leg.c.case_id, case_ids)).order_by(leg.c.id)
    found: dict[UUID, list[Leg]] = {}
    for row in (await connection.execute(query)).mappings():
        found.setdefault(row["case_id"], []).append(as_leg(row))
    return found


async def add_legs(connection: AsyncConnection, legs: Sequence[Leg]) -> None:
    """Store new legs."""
    if legs:
        await connection.execute(insert(leg), [_leg_values(new) for new in legs])


async def change(connection: AsyncConnection, before: Standing, after: Standing) -> None:
    """Store what changed of a case and its legs; legs that are new are added.

    A leg that stops to lead is stored before the one that leads from now on.
    """
    if after.case != before.case:
        values = _case_values(after.case, _OWN - _FIXED)
        await connection.execute(update(case).where(case.c.id == after.case.id).values(values))
    known = {leg.id: leg for leg in before.legs}
    changed = [new for new in after.legs if new.id in known and known[new.id] != new]
    for new in sorted(changed, key=_leads_on):
        await connection.execute(update(leg).where(leg.c.id == new.id).values(_leg_values(new)))
    await add_legs(connection, [new for new in after.legs if new.id not in known])


def _leads_on(changed: Leg) -> bool:
    return changed.lead and changed.state in LIVE
