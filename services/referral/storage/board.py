"""The coordinator's board: cases that nobody took, and those whose term is over or nearly so."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import AT_WORK, LIVE
from services.referral.domain.holding import Standing
from services.referral.storage import visibility
from services.referral.storage.cases import COLUMNS, FROM, as_case, legs_of_cases
from services.referral.storage.tables import case, leg

#: The earliest moment by which somebody must do something, whoever that is.
_OF_LEGS = (
    select(func.min(leg.c.due_at))
    .where(leg.c.case_id == case.c.id, leg.c.state.in_(sorted(LIVE)))
    .scalar_subquery()
)
_DUE = func.least(case.c.due_at, _OF_LEGS)
#: Stands for no term in the order.
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
#: Escalated first, then by time.
_ORDER = (~case.c.escalated, func.coalesce(_DUE, _NEVER), case.c.id)


def _without_taker(coordinator: str) -> ColumnElement[bool]:
    taken = exists().where(leg.c.case_id == case.c.id, leg.c.lead, leg.c.state.in_(sorted(AT_WORK)))
    return and_(case.c.state == "open", case.c.holder == coordinator, ~taken)


async def without_taker(
    connection: AsyncConnection, coordinator: str, *, after: UUID | None, limit: int
) -> list[tuple[Standing, datetime | None]]:
    """Open cases that the coordinator holds and no lead has accepted, with what is due next."""
    query = select(*COLUMNS, _DUE.label("next_due")).select_from(FROM)
    return await _page(connection, query.where(_without_taker(coordinator)), after, limit)


async def running_out(
    connection: AsyncConnection,
    coordinator: str,
    by: datetime,
    *,
    after: UUID | None,
    limit: int,
) -> list[tuple[Standing, datetime | None]]:
    """Other open cases that the coordinator may see, with a term that runs out by then."""
    own = select(case.c.id).where(case.c.state == "open", case.c.due_at <= by)
    unanswered = select(leg.c.case_id).where(
        leg.c.lead, leg.c.state == "offered", leg.c.due_at <= by
    )
    query = (
        select(*COLUMNS, _DUE.label("next_due"))
        .select_from(FROM)
        .where(case.c.state == "open", case.c.id.in_(own.union(unanswered)))
        .where(visibility.party_to(coordinator, coordinator), ~_without_taker(coordinator))
    )
    return await _page(connection, query, after, limit)


async def _page(
    connection: AsyncConnection, query: Select[tuple[object, ...]], after: UUID | None, limit: int
) -> list[tuple[Standing, datetime | None]]:
    if after is not None:
        last = (await connection.execute(select(*_ORDER).where(case.c.id == after))).one_or_none()
        if last is not None:
            query = query.where(tuple_(*_ORDER) > tuple_(*last))
    rows = (await connection.execute(query.order_by(*_ORDER).limit(limit))).mappings().all()
    legs = await legs_of_cases(connection, [row["id"] for row in rows])
    return [
        (Standing(as_case(row), tuple(legs.get(row["id"], ()))), row["next_due"]) for row in rows
    ]
