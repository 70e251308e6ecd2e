"""A support plan 支援プラン: goals, each agency's role, a review date, and how goals are scored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.referral.domain.case import LIVE, Case, Leg
from services.referral.domain.sight import Sight


class PlanState(StrEnum):
    """Where a version of the plan stands; `replaced` gave way to a later one."""

    DRAFT = "draft"
    ADOPTED = "adopted"
    REVIEWED = "reviewed"
    REPLACED = "replaced"


class PlanAction(StrEnum):
    """What can be done to a version of the plan."""

    ADOPT = "adopt"
    REVIEW = "review"


#: What may be done in which state, and what follows.
TABLE: dict[tuple[PlanAction, PlanState], PlanState] = {
    (PlanAction.ADOPT, PlanState.DRAFT): PlanState.ADOPTED,
    (PlanAction.REVIEW, PlanState.ADOPTED): PlanState.REVIEWED,
    (PlanAction.REVIEW, PlanState.REVIEWED): PlanState.REVIEWED,
}
#: A version in one of these states is the plan that the agencies work by.
IN_FORCE = frozenset({PlanState.ADOPTED, PlanState.REVIEWED})


@dataclass(frozen=True, slots=True)
class Role:
    """What one agency does for a goal."""

    agency: str
    words: str


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal; `score` is that of the newest review."""

    number: int
    words: str
    roles: tuple[Role, ...]
    score: str | None = None


@dataclass(frozen=True, slots=True)
class SupportPlan:
    """One version of a case's plan. `adopted_in` is the conference that adopted it, if one did."""

    id: UUID
    case_id: UUID
    version: int
    state: PlanState
    review_on: date
    goals: tuple[Goal, ...]
    drafted_by: str
    drafted_at: datetime
    adopted_at: datetime | None = None
    adopted_in: UUID | None = None
    reviewed_at: datetime | None = None
    reviews: int = 0


def in_force(plans: Iterable[SupportPlan]) -> SupportPlan | None:
    """The version that was adopted last; there is one at most."""
    return next((plan for plan in plans if plan.state in IN_FORCE), None)


def draft_of(plans: Iterable[SupportPlan]) -> SupportPlan | None:
    """The version that waits to be adopted; there is one at most."""
    return next((plan for plan in plans if plan.state is PlanState.DRAFT), None)


def drafted(plans: Sequence[SupportPlan], draft: SupportPlan) -> list[SupportPlan]:
    """The versions with a new draft; a draft that waited gives way to it."""
    newest = max((plan.version for plan in plans), default=0)
    former = [
        replace(plan, state=PlanState.REPLACED) if plan.state is PlanState.DRAFT else plan
        for plan in plans
    ]
    return [*former, replace(draft, version=newest + 1)]


def adopted(
    plans: Sequence[SupportPlan], at: datetime, conference: UUID | None
) -> list[SupportPlan]:
    """The versions with the draft in force; the one that was in force gives way to it."""
    after = []
    for plan in plans:
        if plan.state in IN_FORCE:
            after.append(replace(plan, state=PlanState.REPLACED))
        elif (state := TABLE.get((PlanAction.ADOPT, plan.state))) is not None:
            after.append(replace(plan, state=state, adopted_at=at, adopted_in=conference))
        else:
            after.append(plan)
    return after


def reviewed(
    plan: SupportPlan, scores: dict[int, str], next_review: date | None, at: datetime
) -> SupportPlan:
    """The plan with a score for each goal; a next review keeps it going."""
    return replace(
        plan,
        state=TABLE[PlanAction.REVIEW, plan.state],
        goals=tuple(replace(goal, score=scores[goal.number]) for goal in plan.goals),
        review_on=next_review or plan.review_on,
        reviewed_at=at,
        reviews=plan.reviews + 1,
    )


def may_have_role(case: Case, legs: Iterable[Leg]) -> list[str]:
    """The agencies that a plan can give a role: the holder, and whoever has a leg of the case."""
    receivers = [leg.receiver for leg in legs if leg.state in LIVE]
    return list(dict.fromkeys([case.holder, *receivers]))


def sees_plan(case: Case, legs: Iterable[Leg], sight: Sight, coordinator: str) -> bool:
    """Whether this party may read the plan: not before it accepted, and not without the reason."""
    mine = [leg for leg in legs if leg.receiver == sight.agency]
    leads = sight.agency in (case.holder, case.desk, coordinator)
    works = any(leg.accepted_at is not None for leg in mine)
    return (leads or works or not mine) and "reason" in sight.facts
