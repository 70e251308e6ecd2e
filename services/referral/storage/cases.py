"""Cases with their legs, read as a whole and changed one at a time."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import Case, Leg, LegState
from services.referral.storage.tables import case, consultation, leg

_FROM = case.join(consultation, consultation.c.id == case.c.consultation_id)
_COLUMNS = (
    case,
    consultation.c.topics,
    consultation.c.urgency,
    consultation.c.facts,
    consultation.c.cancelled,
)


def _case(row: RowMapping) -> Case:
    values = {name: row[name] for name in Case.__dataclass_fields__}
    return Case(**values | {"topics": tuple(row["topics"])})


def _leg(row: RowMapping) -> Leg:
    return Leg(**{**row, "state": LegState(row["state"])})


async def add(connection: AsyncConnection, opened: Case) -> None:
    """Store a new case."""
    names = ("id", "consultation_id", "code", "desk", "holder", "state", "escalated")
    values: dict[str, Any] = {name: getattr(opened, name) for name in names}
    values |= {"lead_returns": opened.lead_returns, "opened_at": opened.opened_at}
    await connection.execute(insert(case).values(values))


async def find(connection: AsyncConnection, case_id: UUID, *, lock: bool = False) -> Case | None:
    """A case; with `lock`, whoever else wants to act on it waits for this transaction."""
    query = select(*_COLUMNS).select_from(_FROM).where(case.c.id == case_id)
    if lock:
        query = query.with_for_update(of=case)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else _case(row)


async def case_of_leg(connection: AsyncConnection, leg_id: UUID) -> UUID | None:
    """The case that a leg belongs to."""
    query = select(leg.c.case_id).where(leg.c.id == leg_id)
    return (await connection.execute(query)).scalar_one_or_none()


async def legs_of(connection: AsyncConnection, case_id: UUID) -> tuple[Leg, ...]:
    """The legs of a case, in the order in which they were offered."""
    query = select(leg).where(leg.c.case_id == case_id).order_by(leg.c.id)
    return tuple(_leg(row) for row in (await connection.execute(query)).mappings())


async def add_legs(connection: AsyncConnection, legs: Sequence[Leg]) -> None:
    """Store new legs."""
    if legs:
        await connection.execute(insert(leg), [asdict(new) for new in legs])


async def change(connection: AsyncConnection, after: Case) -> None:
    """Store a case's holder, state and flags."""
    await connection.execute(
        update(case)
        .where(case.c.id == after.id)
        .values(
            holder=after.holder,
            state=after.state,
            escalated=after.escalated,
            lead_returns=after.lead_returns,
        )
    )


async def change_leg(connection: AsyncConnection, after: Leg) -> None:
    """Store a leg as it stands."""
    await connection.execute(update(leg).where(leg.c.id == after.id).values(asdict(after)))


async def inbox_of(connection: AsyncConnection, receiver: str) -> list[tuple[Case, Leg]]:
    """The open legs of this receiver with their cases, those with the least time left first."""
    live = [LegState.OFFERED, LegState.ACCEPTED, LegState.SUPPORTING]
    query = (
        select(leg)
        .where(leg.c.receiver == receiver, leg.c.state.in_(live))
        .order_by(leg.c.state != LegState.OFFERED, leg.c.due_at, leg.c.id)
    )
    legs = [_leg(row) for row in (await connection.execute(query)).mappings()]
    wanted = {found.case_id for found in legs}
    cases_query = select(*_COLUMNS).select_from(_FROM).where(case.c.id.in_(wanted))
    rows = (await connection.execute(cases_query)).mappings()
    cases = {row["id"]: _case(row) for row in rows}
    return [(cases[found.case_id], found) for found in legs]


async def cases_near(
    connection: AsyncConnection, agency: str, *, limit: int
) -> list[tuple[Case, tuple[Leg, ...]]]:
    """The newest cases this agency has to do with; the caller still asks who may see which."""
    mine = select(leg.c.case_id).where(or_(leg.c.receiver == agency, leg.c.sender == agency))
    query = (
        select(*_COLUMNS)
        .select_from(_FROM)
        .where(or_(case.c.holder == agency, case.c.desk == agency, case.c.id.in_(mine)))
        .order_by(case.c.opened_at.desc(), case.c.id.desc())
        .limit(limit)
    )
    cases = [_case(row) for row in (await connection.execute(query)).mappings()]
    legs_query = select(leg).where(leg.c.case_id.in_([found.id for found in cases]))
    legs: dict[UUID, list[Leg]] = {}
    for row in (await connection.execute(legs_query.order_by(leg.c.id))).mappings():
        legs.setdefault(row["case_id"], []).append(_leg(row))
    return [(found, tuple(legs.get(found.id, ()))) for found in cases]
