"""What moves on cases, for those who watch: who did an act, and which cases stirred."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.holding import Standing
from services.referral.storage.cases import COLUMNS, FROM, as_case, legs_of_cases
from services.referral.storage.tables import case, history, leg
from shared.database import among


async def who_did(
    connection: AsyncConnection,
    case_id: UUID,
    leg_id: UUID | None,
    acts: Sequence[str],
    at: datetime,
) -> set[str]:
    """The agencies that did one of these acts at this moment: to this leg, or to any."""
    query = select(history.c.agency).where(
        history.c.case_id == case_id, history.c.action.in_(acts), history.c.happened_at == at
    )
    if leg_id is not None:
        query = query.where(history.c.leg_id == leg_id)
    return set((await connection.execute(query)).scalars())


async def last_act(connection: AsyncConnection) -> int:
    """The newest number of the history, 0 without one."""
    query = select(func.coalesce(func.max(history.c.number), 0))
    return int((await connection.execute(query)).scalar_one())


@dataclass(frozen=True, slots=True)
class Moved:
    """An act on a case: who did it, and whose leg it moved, who may be no party any more."""

    number: int
    case_id: UUID
    agencies: frozenset[str]


async def acts_after(connection: AsyncConnection, number: int, most: int) -> list[Moved]:
    """The acts with higher numbers; one that commits late may lie below another."""
    query = (
        select(history.c.number, history.c.case_id, history.c.agency, leg.c.receiver)
        .join(leg, leg.c.id == history.c.leg_id, isouter=True)
        .where(history.c.number > number)
        .order_by(history.c.number)
        .limit(most)
    )
    return [
        Moved(row.number, row.case_id, frozenset({row.agency, row.receiver} - {None}))
        for row in await connection.execute(query)
    ]


async def standings(connection: AsyncConnection, case_ids: Collection[UUID]) -> list[Standing]:
    """These cases with their legs."""
    query = select(*COLUMNS).select_from(FROM).where(among(case.c.id, case_ids))
    found = [as_case(row) for row in (await connection.execute(query)).mappings()]
    legs = await legs_of_cases(connection, [one.id for one in found])
    return [Standing(one, tuple(legs.get(one.id, ()))) for one in found]
