"""Lists of cases and legs: an inbox, the cases of an agency."""

from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import LIVE, Case, Leg
from services.referral.domain.holding import Standing
from services.referral.storage.cases import COLUMNS, FROM, as_case, as_leg, legs_of_cases
from services.referral.storage.tables import case, leg
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
