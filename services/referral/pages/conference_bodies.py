"""What the machine interface to conferences and support plans takes; the pages fill the same."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictInt, StringConstraints
from uuid_utils.compat import uuid7

from services.referral.domain.conference import (
    Conference,
    ConferenceKind,
    Decision,
    DecisionKind,
)
from services.referral.domain.support_plan import Goal, PlanState, Role, SupportPlan
from services.referral.pages.bodies import Timed, Word, Words
from services.referral.usecases.acting import Acting
from shared.web.guarding import GUARDED
from shared.web.models import ApiModel, Day

RoleWords = Annotated[str, StringConstraints(min_length=1, max_length=100), GUARDED]
Minutes = Annotated[str, StringConstraints(max_length=4000), GUARDED]


class ScoreBody(ApiModel):
    """How far a goal was reached: its number and the score's code."""

    goal: StrictInt = Field(ge=1, le=10)
    score: Word


class DecisionBody(ApiModel):
    """A decision about one case of the agenda; which words it takes follows from its kind."""

    kind: DecisionKind
    case: UUID
    agency: Word | None = None
    end: Word | None = None
    outcome: Word | None = None
    ended_by: Word | None = None
    scores: list[ScoreBody] = Field(default=[], max_length=10)
    next_review: Day | None = None

    def decision(self) -> Decision:
        """The decision as the domain knows it."""
        return Decision(
            kind=self.kind,
            case_id=self.case,
            agency=self.agency,
            end=self.end,
            outcome=self.outcome,
            ended_by=self.ended_by,
            scores=tuple((one.goal, one.score) for one in self.scores),
            next_review=self.next_review,
        )


class ConferenceBody(ApiModel):
    """A conference that was held. The convener takes part whether it is named or not."""

    kind: ConferenceKind
    held_on: Day
    agencies: list[Word] = Field(min_length=1, max_length=30)
    cases: list[UUID] = Field(min_length=1, max_length=20)
    decisions: list[DecisionBody] = Field(default=[], max_length=80)
    minutes: Minutes | None = None

    def conference(self, acting: Acting) -> Conference:
        """The conference as this agency records it now."""
        own = [] if acting.agency in self.agencies else [acting.agency]
        return Conference(
            id=uuid7(),
            kind=self.kind,
            held_on=self.held_on,
            convener=acting.agency,
            agencies=(*own, *self.agencies),
            cases=tuple(self.cases),
            decisions=tuple(body.decision() for body in self.decisions),
            minutes=self.minutes or None,
            recorded_by=acting.principal.name,
            recorded_at=acting.now,
        )


class CancelBody(ApiModel):
    """Why the record of a conference is taken back."""

    reason: Words


class RoleBody(ApiModel):
    """What one agency does for a goal."""

    agency: Word
    role: RoleWords


class GoalBody(ApiModel):
    """A goal, and who does what for it."""

    goal: Words
    roles: list[RoleBody] = Field(min_length=1, max_length=10)


class PlanBody(Timed):
    """A new version of the plan."""

    goals: list[GoalBody] = Field(min_length=1, max_length=10)
    review_on: Day

    def draft(self, case_id: UUID, acting: Acting) -> SupportPlan:
        """The draft; it gets its version when it is stored."""
        return SupportPlan(
            id=uuid7(),
            case_id=case_id,
            version=0,
            state=PlanState.DRAFT,
            review_on=self.review_on,
            goals=tuple(
                Goal(number, body.goal, tuple(Role(one.agency, one.role) for one in body.roles))
                for number, body in enumerate(self.goals, start=1)
            ),
            drafted_by=acting.agency,
            drafted_at=self.at or acting.now,
        )


class ReviewBody(Timed):
    """A score for each goal, and when to look at the plan again."""

    scores: list[ScoreBody] = Field(min_length=1, max_length=10)
    next_review: Day | None = None

    def pairs(self) -> tuple[tuple[int, str], ...]:
        """Goal number and score."""
        return tuple((one.goal, one.score) for one in self.scores)
