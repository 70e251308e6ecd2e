"""What the machine interface answers about conferences and support plans."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.referral.domain.conference import Conference, Decision
from services.referral.domain.support_plan import SupportPlan, draft_of, in_force


class DecidedBody(BaseModel):
    """A decision about a case, with the words of its kind."""

    kind: str
    case: UUID
    agency: str | None = None
    end: str | None = None
    outcome: str | None = None
    ended_by: str | None = None
    scores: list[dict[str, int | str]] = []
    next_review: date | None = None

    @classmethod
    def of(cls, decision: Decision) -> "DecidedBody":
        """The decision as the machine interface gives it."""
        return cls(
            kind=decision.kind,
            case=decision.case_id,
            agency=decision.agency,
            end=decision.end,
            outcome=decision.outcome,
            ended_by=decision.ended_by,
            scores=[{"goal": number, "score": score} for number, score in decision.scores],
            next_review=decision.next_review,
        )


class HeldBody(BaseModel):
    """A conference as this agency may see it."""

    id: UUID
    kind: str
    held_on: date
    convener: str
    agencies: list[str]
    cases: list[UUID]
    decisions: list[DecidedBody]
    recorded_at: datetime
    cancelled: bool

    @classmethod
    def of(cls, held: Conference) -> "HeldBody":
        """The conference as the machine interface gives it."""
        return cls(**_words(held))


class SheetBody(HeldBody):
    """The same with its minutes, for those who took part."""

    minutes: str | None

    @classmethod
    def of(cls, held: Conference) -> "SheetBody":
        """The conference with its minutes."""
        return cls(**_words(held), minutes=held.minutes)


def _words(held: Conference) -> dict[str, Any]:
    return {
        "id": held.id,
        "kind": held.kind,
        "held_on": held.held_on,
        "convener": held.convener,
        "agencies": list(held.agencies),
        "cases": list(held.cases),
        "decisions": [DecidedBody.of(one) for one in held.decisions],
        "recorded_at": held.recorded_at,
        "cancelled": held.cancelled_at is not None,
    }


class PlanRoleBody(BaseModel):
    """What one agency does for a goal."""

    agency: str
    role: str


class PlanGoalBody(BaseModel):
    """A goal with the score of the newest review."""

    number: int
    goal: str
    score: str | None
    roles: list[PlanRoleBody]


class VersionBody(BaseModel):
    """One version of a support plan."""

    version: int
    state: str
    review_on: date
    goals: list[PlanGoalBody]
    drafted_by: str
    adopted_at: datetime | None
    adopted_in: UUID | None
    reviewed_at: datetime | None

    @classmethod
    def of(cls, plan: SupportPlan) -> "VersionBody":
        """The version as the machine interface gives it."""
        return cls(
            version=plan.version,
            state=plan.state,
            review_on=plan.review_on,
            goals=[
                PlanGoalBody(
                    number=goal.number,
                    goal=goal.words,
                    score=goal.score,
                    roles=[PlanRoleBody(agency=one.agency, role=one.words) for one in goal.roles],
                )
                for goal in plan.goals
            ],
            drafted_by=plan.drafted_by,
            adopted_at=plan.adopted_at,
            adopted_in=plan.adopted_in,
            reviewed_at=plan.reviewed_at,
        )


class CurrentPlanBody(VersionBody):
    """The plan in force, else the draft. `draft` is a newer version that waits to be adopted."""

    draft: VersionBody | None = None

    @classmethod
    def current(cls, plans: list[SupportPlan]) -> "CurrentPlanBody | None":
        """The plan of a case as it stands; None without one."""
        draft = draft_of(plans)
        plan = in_force(plans)
        if plan is None:
            return None if draft is None else cls(**VersionBody.of(draft).model_dump())
        waiting = None if draft is None else VersionBody.of(draft)
        return cls(**VersionBody.of(plan).model_dump(), draft=waiting)
