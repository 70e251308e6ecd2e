"""Lists of cases and legs: an inbox, the cases of an agency."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import LIVE, Case, Leg
from services.referral.domain.holding import Standing
from services.referral.storage.cases import COLUMNS, FROM, as_case, as_leg, legs_of_cases
from services.referral.storage.tables import case, consultation, leg
from shared.database import among

_STATES = sorted(LIVE)


async def inbox_of(
    connection: AsyncConnection, receiver: str, *, limit: int, after: UUID | None = None
) -> list[tuple[Case, Leg]]:
    """The open legs of this receiver with their cases, those with the least time left first."""
    query = (
        select(leg)
        .where(leg.c.receiver == receiver, leg.c.state.in_(_STATES))
        .order_by(leg.c.due_at, leg.c.id)
        .limit(limit)
    )
    if after is not None:
        last = select(leg.c.due_at, leg.c.id).where(leg.c.id == after).scalar_subquery()
        query = query.where(tuple_(leg.c.due_at, leg.c.id) > last)
    legs = [as_leg(row) for row in (await connection.execute(query)).mappings()]
    wanted = {found.case_id for found in legs}
    cases_query = select(*COLUMNS).select_from(FROM).where(among(case.c.id, wanted))
    rows = (await connection.execute(cases_query)).mappings()
    cases = {row["id"]: as_case(row) for row in rows}
    return [(cases[found.case_id], found) for found in legs]


async def given_back_by(connection: AsyncConnection, receiver: str, *, limit: int) -> list[Leg]:
    """The newest legs that this receiver returned or lost before it accepted them."""
    query = (
        select(leg)
        .where(
            leg.c.receiver == receiver,
            leg.c.state.in_(["returned", "withdrawn"]),
            leg.c.accepted_at.is_(None),
        )
        .order_by(leg.c.acted_at.desc(), leg.c.id.desc())
        .limit(limit)
    )
    return [as_leg(row) for row in (await connection.execute(query)).mappings()]


async def open_cases_like(
    connection: AsyncConnection, one: Case, names: Sequence[str], within: timedelta
) -> list[Standing]:
    """Open cases received within this time of `one` whose facts of these names are the same."""
    query = (
        select(*COLUMNS)
        .select_from(FROM)
        .where(
            consultation.c.received_at.between(one.received_at - within, one.received_at + within),
            *(consultation.c.facts[name].astext == one.facts[name] for name in names),
            ~consultation.c.cancelled,
            case.c.state == "open",
            case.c.id != one.id,
        )
        .order_by(case.c.opened_at)
    )
    cases = [as_case(row) for row in (await connection.execute(query)).mappings()]
    legs = await legs_of_cases(connection, [found.id for found in cases])
    return [Standing(found, tuple(legs.get(found.id, ()))) for found in cases]


async def cases_near(connection: AsyncConnection, agency: str, *, limit: int) -> list[Standing]:
    """The newest cases this agency has to do with; the caller still asks who may see which."""
    mine = select(leg.c.case_id).where(or_(leg.c.receiver == agency, leg.c.sender == agency))
    query = (
        select(*COLUMNS)
        .select_from(FROM)
        .where(or_(case.c.holder == agency, case.c.desk == agency, case.c.id.in_(mine)))
        .order_by(case.c.opened_at.desc(), case.c.id.desc())
        .limit(limit)
    )
    cases = [as_case(row) for row in (await connection.execute(query)).mappings()]
    legs = await legs_of_cases(connection, [found.id for found in cases])
    return [Standing(found, tuple(legs.get(found.id, ()))) for found in cases]
