"""Support plans: every version of a case with its goals, roles and reviews."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.support_plan import Goal, PlanState, Role, SupportPlan
from services.referral.storage.conference_tables import (
    plan_goal,
    plan_review,
    plan_role,
    support_plan,
)
from shared.database import among

_OWN = tuple(str(column.name) for column in support_plan.columns)
#: What may change of a version; its words never do.
_CHANGING = ("state", "review_on", "adopted_at", "adopted_in", "reviewed_at", "reviews")


async def of_case(connection: AsyncConnection, case_id: UUID) -> list[SupportPlan]:
    """The versions of a case's plan, in their order."""
    return (await of_cases(connection, [case_id])).get(case_id, [])


async def of_cases(
    connection: AsyncConnection, case_ids: Iterable[UUID]
) -> dict[UUID, list[SupportPlan]]:
    """The same for many cases, by case."""
    query = select(support_plan).where(among(support_plan.c.case_id, case_ids))
    ordered = query.order_by(support_plan.c.version)
    rows = (await connection.execute(ordered)).mappings().all()
    ids = [row["id"] for row in rows]
    roles: dict[tuple[UUID, int], list[Role]] = {}
    role_query = select(plan_role).where(among(plan_role.c.plan_id, ids))
    for row in await connection.execute(role_query.order_by(plan_role.c.place)):
        roles.setdefault((row.plan_id, row.goal), []).append(Role(row.agency, row.words))
    goals: dict[UUID, list[Goal]] = {}
    goal_query = select(plan_goal).where(among(plan_goal.c.plan_id, ids))
    for row in await connection.execute(goal_query.order_by(plan_goal.c.number)):
        mine = tuple(roles.get((row.plan_id, row.number), ()))
        goals.setdefault(row.plan_id, []).append(Goal(row.number, row.words, mine, row.score))
    found: dict[UUID, list[SupportPlan]] = {}
    for version in rows:
        words = {"state": PlanState(version["state"]), "goals": tuple(goals[version["id"]])}
        found.setdefault(version["case_id"], []).append(SupportPlan(**{**version, **words}))
    return found


async def add(connection: AsyncConnection, draft: SupportPlan) -> None:
    """Store a new version with its goals and roles."""
    await connection.execute(
        insert(support_plan).values({name: getattr(draft, name) for name in _OWN})
    )
    mine = {"plan_id": draft.id}
    goals = [mine | {"number": goal.number, "words": goal.words} for goal in draft.goals]
    await connection.execute(insert(plan_goal), goals)
    roles = [
        mine | {"goal": goal.number, "place": place, "agency": role.agency, "words": role.words}
        for goal in draft.goals
        for place, role in enumerate(goal.roles)
    ]
    await connection.execute(insert(plan_role), roles)


async def change(
    connection: AsyncConnection, before: Iterable[SupportPlan], after: Iterable[SupportPlan]
) -> None:
    """Store how versions stand now; one that gives way is stored before the one that follows."""
    known = {plan.id: plan for plan in before}
    changed = [plan for plan in after if plan.id in known and known[plan.id] != plan]
    for plan in sorted(changed, key=lambda plan: plan.state is not PlanState.REPLACED):
        values = {name: getattr(plan, name) for name in _CHANGING}
        await connection.execute(
            update(support_plan).where(support_plan.c.id == plan.id).values(values)
        )


async def add_review(
    connection: AsyncConnection, plan: SupportPlan, conference_id: UUID | None
) -> None:
    """Store the newest review of a plan that was just reviewed, and the score of each goal."""
    scores = {str(goal.number): goal.score for goal in plan.goals}
    await connection.execute(
        insert(plan_review).values(
            plan_id=plan.id,
            number=plan.reviews,
            reviewed_at=plan.reviewed_at,
            conference_id=conference_id,
            scores=scores,
        )
    )
    for goal in plan.goals:
        mine = (plan_goal.c.plan_id == plan.id) & (plan_goal.c.number == goal.number)
        await connection.execute(update(plan_goal).where(mine).values(score=goal.score))
