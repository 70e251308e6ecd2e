"""The inbox of an agency: its open legs by time left, quick however many there are."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    Uuid,
    column,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import LIVE, Case, Leg
from services.referral.domain.inbox import PARTS, InboxCounts, InboxQuestion
from services.referral.storage import visibility
from services.referral.storage.cases import COLUMNS, FROM, as_case, as_leg
from services.referral.storage.tables import case, consultation, leg
from shared.database import among
from shared.japanese_time import japanese_day
from shared.plan import Plan

EMERGENCY = "emergency"
_WITH_FACTS = leg.join(case, case.c.id == leg.c.case_id).join(
    consultation, consultation.c.id == case.c.consultation_id
)


def _in_part(part: str) -> ColumnElement[bool]:
    """The states in the very words of the partial indexes, so that they serve."""
    return leg.c.state.in_(sorted(PARTS[part])) if part != "waiting" else leg.c.state == "offered"


def _emergencies(query: Select[Any], receiver: str, plan: Plan, today: date) -> Select[Any]:
    """Emergencies are few, whatever else waits: they are found first, then their legs."""
    few = (
        select(
            func.own_emergencies()
            .table_valued(column("case_id", Uuid), column("desk", Text))
            .render_derived()
        )
        .cte("emergencies")
        .prefix_with("MATERIALIZED")
    )
    joined = query.select_from(leg.join(few, few.c.case_id == leg.c.case_id))
    return joined.where(visibility.shows("urgency", few.c.desk, receiver, plan, today))


def _asked(
    query: Select[Any], receiver: str, question: InboxQuestion, plan: Plan, now: datetime
) -> Select[Any]:
    """The question narrowed down; facts are joined only where it asks for one."""
    today = japanese_day(now)
    query = query.where(visibility.received_by(receiver), _in_part(question.part))
    if question.overdue:
        query = query.where(leg.c.due_at < now)
    if question.lead is not None:
        query = query.where(leg.c.lead.is_(question.lead))
    if question.sender is not None:
        query = query.where(leg.c.sender == question.sender)
    if question.assigned_to is not None:
        query = query.where(leg.c.assigned_to == question.assigned_to)
    if question.urgency == EMERGENCY and question.topic is None:
        return _emergencies(query, receiver, plan, today)
    if question.urgency is not None or question.topic is not None:
        query = query.select_from(_WITH_FACTS)
    if question.urgency is not None:
        query = query.where(consultation.c.urgency == question.urgency)
        query = query.where(visibility.shows("urgency", case.c.desk, receiver, plan, today))
    if question.topic is not None:
        topics = literal([question.topic], ARRAY(Text))
        query = query.where(consultation.c.topics.bool_op("@>")(topics))
        query = query.where(visibility.shows("topics", case.c.desk, receiver, plan, today))
    return query


async def inbox_of(
    connection: AsyncConnection,
    receiver: str,
    question: InboxQuestion,
    plan: Plan,
    now: datetime,
    *,
    limit: int,
) -> list[tuple[Case, Leg]]:
    """The open legs of this receiver with their cases, those with the least time left first."""
    query = _asked(select(leg.c.id), receiver, question, plan, now)
    if question.after is not None:
        last = select(leg.c.due_at, leg.c.id).where(leg.c.id == question.after).scalar_subquery()
        query = query.where(tuple_(leg.c.due_at, leg.c.id) > last)
    query = query.order_by(leg.c.due_at, leg.c.id).limit(limit)
    found: list[UUID] = list((await connection.execute(query)).scalars())
    return await _with_cases(connection, found)


async def _with_cases(
    connection: AsyncConnection, leg_ids: Sequence[UUID]
) -> list[tuple[Case, Leg]]:
    query = select(leg).where(among(leg.c.id, leg_ids)).order_by(leg.c.due_at, leg.c.id)
    legs = [as_leg(row) for row in (await connection.execute(query)).mappings()]
    wanted = {found.case_id for found in legs}
    cases_query = select(*COLUMNS).select_from(FROM).where(among(case.c.id, wanted))
    rows = (await connection.execute(cases_query)).mappings()
    cases = {row["id"]: as_case(row) for row in rows}
    return [(cases[found.case_id], found) for found in legs]


async def counts_of(
    connection: AsyncConnection,
    receiver: str,
    account: UUID,
    plan: Plan,
    now: datetime,
    *,
    most: int,
) -> InboxCounts:
    """How much there is of each, counted up to `most`: nobody reads a longer list to its end."""
    questions = {
        "waiting": InboxQuestion("waiting"),
        "working": InboxQuestion("working"),
        "overdue": InboxQuestion(overdue=True),
        "emergencies": InboxQuestion("waiting", urgency=EMERGENCY),
        "mine": InboxQuestion(assigned_to=account),
    }
    counts = [
        select(func.count())
        .select_from(_asked(select(leg.c.id), receiver, asked, plan, now).limit(most).subquery())
        .scalar_subquery()
        .label(name)
        for name, asked in questions.items()
    ]
    return InboxCounts(**(await connection.execute(select(*counts))).mappings().one())


async def legs_of_code(
    connection: AsyncConnection, receiver: str, code: str
) -> list[tuple[Case, Leg]]:
    """The legs that this agency received in the case of a code, unless it never took part."""
    query = (
        select(leg.c.id)
        .join(case, case.c.id == leg.c.case_id)
        .where(case.c.code == code, visibility.received_by(receiver), visibility.took_part())
        .limit(20)
    )
    return await _with_cases(connection, list((await connection.execute(query)).scalars()))


async def legs_by_person(connection: AsyncConnection, receiver: str) -> list[tuple[UUID, str, int]]:
    """Who takes care of how many live legs of this agency: account, last known name, number."""
    query = (
        select(leg.c.assigned_to, func.max(leg.c.assigned_name), func.count())
        .where(visibility.received_by(receiver), leg.c.state.in_(sorted(LIVE)))
        .where(leg.c.assigned_to.is_not(None))
        .group_by(leg.c.assigned_to)
    )
    rows = (await connection.execute(query)).all()
    return [(account, name, number) for account, name, number in rows if account is not None]


async def live_legs_of_person(
    connection: AsyncConnection, receiver: str, account: UUID
) -> list[UUID]:
    """The live legs that this account takes care of, in the order in which cases are locked."""
    query = (
        select(leg.c.id)
        .where(visibility.received_by(receiver), leg.c.assigned_to == account)
        .where(leg.c.state.in_(sorted(LIVE)))
        .order_by(leg.c.case_id, leg.c.id)
    )
    return list((await connection.execute(query)).scalars())
