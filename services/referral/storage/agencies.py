"""Which agencies pause or were followed by another one, and what is still with them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select, text, union, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.agency_life import AgencyDay, Pause
from services.referral.domain.case import LIVE
from services.referral.storage.agency_tables import agency_pause, agency_succession
from services.referral.storage.tables import case, leg
from shared.japanese_time import japanese_day
from shared.plan import Plan

_PAUSE = tuple(Pause.__dataclass_fields__)
_STATES = sorted(LIVE)


async def on_day(connection: AsyncConnection, plan: Plan, day: date) -> AgencyDay:
    """How all agencies stand on this day."""
    rows = await connection.execute(
        select(
            agency_succession.c.agency, agency_succession.c.successor, agency_succession.c.named_at
        )
    )
    named = rows.all()
    successors = {row.agency: row.successor for row in named}
    since = {row.agency: japanese_day(row.named_at) for row in named}
    pauses = await planned_pauses(connection, day)
    today = {pause.agency: pause for pause in pauses if pause.covers(day)}
    return AgencyDay(plan, day, today, successors, since)


async def planned_pauses(connection: AsyncConnection, day: date) -> list[Pause]:
    """The pauses that hold on this day or begin later, in the order of their beginning."""
    columns = [agency_pause.c[name] for name in _PAUSE]
    query = (
        select(*columns)
        .where(agency_pause.c.ended_at.is_(None))
        .where(or_(agency_pause.c.last.is_(None), agency_pause.c.last >= day))
        .order_by(agency_pause.c.first, agency_pause.c.id)
    )
    return [Pause(**row) for row in (await connection.execute(query)).mappings()]


async def set_alone(connection: AsyncConnection) -> None:
    """Let one pause or succession be set at a time: two at once could each name the other."""
    await connection.execute(text("LOCK TABLE agency_pause IN SHARE ROW EXCLUSIVE MODE"))


async def add_pause(connection: AsyncConnection, pause: Pause, now: datetime) -> None:
    """Store a pause."""
    values = {name: getattr(pause, name) for name in _PAUSE}
    await connection.execute(insert(agency_pause).values(values | {"recorded_at": now}))


async def end_pauses(connection: AsyncConnection, agency: str, day: date, now: datetime) -> int:
    """End every pause of this agency that holds on this day or later; how many there were."""
    ended = await connection.execute(
        update(agency_pause)
        .where(agency_pause.c.agency == agency, agency_pause.c.ended_at.is_(None))
        .where(or_(agency_pause.c.last.is_(None), agency_pause.c.last >= day))
        .values(ended_at=now)
    )
    return int(ended.rowcount)


async def name_successor(
    connection: AsyncConnection,
    agency: str,
    successor: str,
    *,
    reason: str,
    named_by: str,
    now: datetime,
) -> str:
    """Store who follows an agency, unless it is known; who follows it in either case."""
    await connection.execute(
        insert(agency_succession)
        .values(agency=agency, successor=successor, reason=reason, named_by=named_by, named_at=now)
        .on_conflict_do_nothing()
    )
    query = select(agency_succession.c.successor).where(agency_succession.c.agency == agency)
    return str((await connection.execute(query)).scalar_one())


async def offered_to(
    connection: AsyncConnection, agencies: Sequence[str], *, after: UUID | None, most: int
) -> list[tuple[UUID, UUID]]:
    """Unanswered legs of these receivers as (leg, case), in the order of their ids."""
    query = (
        select(leg.c.id, leg.c.case_id)
        .where(leg.c.receiver.in_(agencies), leg.c.state == "offered")
        .order_by(leg.c.id)
        .limit(most)
    )
    if after is not None:
        query = query.where(leg.c.id > after)
    return [(row.id, row.case_id) for row in await connection.execute(query)]


async def cases_with(connection: AsyncConnection, agency: str, most: int) -> list[UUID]:
    """Cases in which this agency receives or waits, or that it holds, or issued: what is left."""
    live = leg.c.state.in_(_STATES)
    parts = (
        select(leg.c.case_id).where(live, leg.c.receiver == agency).limit(most),
        select(leg.c.case_id).where(live, leg.c.sender == agency).limit(most),
        select(case.c.id).where(case.c.state == "open", case.c.holder == agency).limit(most),
        select(case.c.id).where(case.c.state == "open", case.c.desk == agency).limit(most),
    )
    found = union(*(select(part.subquery()) for part in parts)).subquery()
    return list((await connection.execute(select(found).limit(most))).scalars())
