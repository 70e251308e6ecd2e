"""Lists of cases for one agency: only those it is a party to, whatever the limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import LIVE, Case, Leg
from services.referral.domain.holding import Standing
from services.referral.storage import visibility
from services.referral.storage.cases import COLUMNS, FROM, as_case, as_leg, legs_of_cases
from services.referral.storage.tables import case, consultation, leg
from shared.japanese_time import japanese_day
from shared.plan import Plan


@dataclass(frozen=True, slots=True)
class CasesQuestion:
    """Which cases: `state` is open or ended; `after` is the last case of the page before."""

    state: str | None = None
    held: bool = False
    overdue: bool = False
    after: UUID | None = None


def _overdue(agency: str, plan: Plan, now: datetime) -> ColumnElement[bool]:
    """A term ran out that this party sees: of the case, of its own legs, of those it follows."""
    late = exists().where(
        leg.c.case_id == case.c.id, leg.c.state.in_(sorted(LIVE)), leg.c.due_at < now
    )
    own = late.where(or_(leg.c.receiver == agency, leg.c.sender == agency))
    others = and_(late, visibility.follows(agency, plan, japanese_day(now)))
    return and_(case.c.state == "open", or_(case.c.due_at < now, own, others))


async def cases_of(
    connection: AsyncConnection,
    agency: str,
    plan: Plan,
    question: CasesQuestion,
    now: datetime,
    *,
    limit: int,
) -> list[Standing]:
    """The newest cases that this agency is a party to."""
    query = select(*COLUMNS).select_from(FROM).where(visibility.party_to(agency, plan.coordinator))
    if question.state is not None:
        is_open = case.c.state == "open"
        query = query.where(is_open if question.state == "open" else ~is_open)
    if question.held:
        query = query.where(case.c.holder == agency)
    if question.overdue:
        query = query.where(_overdue(agency, plan, now))
    if question.after is not None:
        last = select(case.c.opened_at, case.c.id).where(case.c.id == question.after)
        query = query.where(tuple_(case.c.opened_at, case.c.id) < last.scalar_subquery())
    query = query.order_by(case.c.opened_at.desc(), case.c.id.desc()).limit(limit)
    cases = [as_case(row) for row in (await connection.execute(query)).mappings()]
    legs = await legs_of_cases(connection, [found.id for found in cases])
    return [Standing(found, tuple(legs.get(found.id, ()))) for found in cases]


async def given_back_by(connection: AsyncConnection, receiver: str, *, limit: int) -> list[Leg]:
    """The newest legs that this receiver returned or lost before it accepted them."""
    query = (
        select(leg)
        .where(
            visibility.received_by(receiver),
            leg.c.state.in_(["returned", "withdrawn"]),
            leg.c.accepted_at.is_(None),
        )
        .order_by(leg.c.acted_at.desc(), leg.c.id.desc())
        .limit(limit)
    )
    return [as_leg(row) for row in (await connection.execute(query)).mappings()]


async def open_cases_like(
    connection: AsyncConnection, one: Case, names: Sequence[str], within: timedelta
) -> list[UUID]:
    """Open cases received within this time of `one` whose facts of these names are the same."""
    query = (
        select(case.c.id)
        .select_from(FROM)
        .where(
            consultation.c.received_at.between(one.received_at - within, one.received_at + within),
            *(consultation.c.facts[name].astext == one.facts[name] for name in names),
            ~consultation.c.cancelled,
            case.c.state == "open",
            case.c.id != one.id,
        )
    )
    return list((await connection.execute(query)).scalars())
