"""What an agency sees: its inbox, its cases, and one case as far as the basis lets it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import LIVE, Case, Leg
from services.referral.domain.conference import Conference, seen_by
from services.referral.domain.holding import Standing
from services.referral.domain.sight import is_party, visible_facts
from services.referral.domain.support_plan import SupportPlan, sees_plan
from services.referral.domain.transitions import allowed_actions, allowed_case_actions, sides_of
from services.referral.storage import cases, conferences, history, listing, plans
from services.referral.storage.history import Act
from services.referral.usecases.acting import case_not_found
from shared.plan import Plan


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


async def show_inbox(
    connection: AsyncConnection,
    agency: str,
    plan: Plan,
    now: datetime,
    *,
    limit: int = 100,
    after: UUID | None = None,
) -> list[InboxEntry]:
    """The open legs that this agency receives, those with the least time left first."""
    entries = []
    for case, leg in await listing.inbox_of(connection, agency, limit=limit, after=after):
        seen = visible_facts(agency, case, (leg,), plan)
        entries.append(
            InboxEntry(case, leg, is_overdue(leg, now), "urgency" in seen, "reason" in seen)
        )
    return entries


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
    connection: AsyncConnection, agency: str, plan: Plan, *, limit: int = 100
) -> list[Standing]:
    """The newest cases that this agency is a party to."""
    near = await listing.cases_near(connection, agency, limit=limit)
    return [one for one in near if is_party(agency, one.case, one.legs, plan.coordinator)]
