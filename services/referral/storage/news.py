"""What moves on cases, for those who watch: who did an act, and which cases stirred."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.holding import Standing
from services.referral.storage.cases import COLUMNS, FROM, as_case, legs_of_cases
from services.referral.storage.tables import case, history, leg, stir
from shared.database import among, as_service

#: So long a stir is kept for those who look; an open page that slept longer looks by itself.
_KEPT = timedelta(hours=1)


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
    """What moved on a case, and whom it concerns, who may be no party any more."""

    number: int
    case_id: UUID
    agencies: frozenset[str]


async def add_stir(
    connection: AsyncConnection, case_id: UUID, agencies: Collection[str], now: datetime
) -> None:
    """Have the parties to a case look again, and these agencies, who may be no party (any more)."""
    values = {"case_id": case_id, "agencies": sorted(agencies), "stirred_at": now}
    async with as_service(connection):
        await connection.execute(insert(stir).values(values))


async def forget_stirs(connection: AsyncConnection, now: datetime) -> None:
    """Delete those that nobody looks for any more."""
    await connection.execute(delete(stir).where(stir.c.stirred_at < now - _KEPT))


async def last_stir(connection: AsyncConnection) -> int:
    """The newest number of the stirs, 0 without one."""
    query = select(func.coalesce(func.max(stir.c.number), 0))
    return int((await connection.execute(query)).scalar_one())


async def stirs_after(connection: AsyncConnection, number: int, most: int) -> list[Moved]:
    """The stirs with higher numbers, and whom they concern; as with acts, one may come late."""
    query = select(stir).where(stir.c.number > number).order_by(stir.c.number).limit(most)
    return [
        Moved(row.number, row.case_id, frozenset(row.agencies))
        for row in await connection.execute(query)
    ]


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
