"""What an agency sees: its inbox, its cases, and one case as far as the basis lets it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import LIVE, Case, Leg
from services.referral.domain.conference import Conference, seen_by
from services.referral.domain.holding import Standing
from services.referral.domain.inbox import InboxCounts, InboxQuestion
from services.referral.domain.sight import is_party, visible_facts
from services.referral.domain.support_plan import SupportPlan, sees_plan
from services.referral.domain.transitions import allowed_actions, allowed_case_actions, sides_of
from services.referral.storage import cases, conferences, history, inbox, listing, plans
from services.referral.storage.history import Act
from services.referral.storage.listing import CasesQuestion
from services.referral.usecases.acting import Acting, case_not_found
from shared.plan import Plan

EVERYTHING = InboxQuestion()
#: A page says 「1,000件以上」 from here on.
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class ShownLeg:
    """A leg, and what this agency may do to it now."""

    leg: Leg
    overdue: bool
    allowed: list[str]


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case as this agency sees it: `facts` holds only what the basis shows."""

    case: Case
    code: str | None
    facts: dict[str, str]
    reason_visible: bool
    urgency_visible: bool
    legs: list[ShownLeg]
    acts: list[Act]
    overdue: bool
    allowed: list[str]
    conferences: list[Conference]
    plans: list[SupportPlan]


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """One open leg of this receiver."""

    case: Case
    leg: Leg
    overdue: bool
    urgency_visible: bool
    reason_visible: bool


def is_overdue(leg: Leg, now: datetime) -> bool:
    """Whether a term of this leg ran out: to answer, to give a sign of work, to decide."""
    return leg.state in LIVE and leg.due_at < now


def is_case_overdue(standing: Standing, now: datetime) -> bool:
    """Whether a term of the case or of one of its legs ran out."""
    due = standing.case.due_at
    return (due is not None and due < now) or any(is_overdue(leg, now) for leg in standing.legs)


def inbox_entry(case: Case, leg: Leg, agency: str, plan: Plan, now: datetime) -> InboxEntry:
    """A leg as its receiver's inbox shows it, as far as the basis lets it."""
    seen = visible_facts(agency, case, (leg,), plan)
    return InboxEntry(case, leg, is_overdue(leg, now), "urgency" in seen, "reason" in seen)


async def show_inbox(
    connection: AsyncConnection,
    agency: str,
    plan: Plan,
    now: datetime,
    *,
    question: InboxQuestion = EVERYTHING,
    limit: int = 100,
) -> list[InboxEntry]:
    """The open legs that this agency receives, those with the least time left first."""
    found = await inbox.inbox_of(connection, agency, question, plan, now, limit=limit)
    return [inbox_entry(case, leg, agency, plan, now) for case, leg in found]


async def count_inbox(connection: AsyncConnection, acting: Acting) -> InboxCounts:
    """How much waits, each counted up to `MOST_COUNTED` and no further."""
    return await inbox.counts_of(
        connection,
        acting.agency,
        acting.principal.key,
        acting.plan,
        acting.now,
        most=MOST_COUNTED,
    )


async def show_case(
    connection: AsyncConnection,
    case_id: UUID,
    agency: str,
    plan: Plan,
    now: datetime,
    *,
    receives: bool,
) -> ShownCase:
    """One case, with what an account that `receives` may do.

    Raises NotFound for one who is not a party, as if the case were not there.
    """
    standing = await cases.standing(connection, case_id)
    if standing is None or not is_party(agency, standing.case, standing.legs, plan.coordinator):
        raise case_not_found()
    case, legs = standing.case, standing.legs
    seen = visible_facts(agency, case, legs, plan)
    return ShownCase(
        case=case,
        code=case.code if agency == case.desk else None,
        facts={name: value for name, value in case.facts.items() if name in seen},
        reason_visible="reason" in seen,
        urgency_visible="urgency" in seen,
        legs=[
            ShownLeg(
                leg,
                is_overdue(leg, now),
                [
                    str(action)
                    for action in allowed_actions(
                        leg.state,
                        sides_of(agency, case, leg, plan.coordinator, receives=receives),
                    )
                ],
            )
            for leg in legs
        ],
        acts=await history.of_case(connection, case_id),
        overdue=is_case_overdue(standing, now),
        allowed=[
            str(action) for action in allowed_case_actions(agency, case, legs, plan.coordinator)
        ],
        conferences=[
            here
            for held in await conferences.of_case(connection, case_id)
            if (here := seen_by(held, agency, {case_id}, held.cases)) is not None
        ],
        plans=await plans.of_case(connection, case_id)
        if sees_plan(agency, case, legs, plan)
        else [],
    )


async def list_cases(
    connection: AsyncConnection,
    agency: str,
    plan: Plan,
    now: datetime,
    *,
    question: CasesQuestion,
    limit: int,
) -> list[Standing]:
    """The newest cases that this agency is a party to; others are not even counted."""
    return await listing.cases_of(connection, agency, plan.coordinator, question, now, limit=limit)
