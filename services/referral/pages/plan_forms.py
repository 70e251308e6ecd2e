"""The forms of a support plan: numbered rows of goals and roles, and a score for each goal."""

from typing import Any

from services.referral.domain.support_plan import SupportPlan
from shared.web.forms import CHOOSE, Field, Typed

#: So many goals, and roles of each, a plan may have; so many rows a new form begins with.
MOST = 10
_GOALS, _ROLES = 3, 2


class PlanSheet:
    """What was typed as a plan: rows that were left empty are passed over, and each field knows
    its place in the model. The first goal is `goal-1`, its first role `agency-1-1`, `role-1-1`.
    """

    def __init__(self, typed: Typed) -> None:
        self._typed = typed
        self.rows = range(1, max(_GOALS, self._last(self._has_goal)) + 1)
        self._goals = [row for row in self.rows if self._has_goal(row)]

    def roles(self, row: int) -> range:
        """The rows of roles below a goal."""
        return range(1, max(_ROLES, self._last(lambda role: self._has_role(row, role))) + 1)

    def values(self) -> dict[str, Any]:
        """The plan as the model takes it."""
        goals = [self._goal(row) for row in self._goals]
        values: dict[str, Any] = {"review_on": self._typed.one("review_on")}
        return values | ({"goals": goals} if goals else {})

    def fields(self) -> dict[str, Field]:
        """The fields of the form, in the page's order."""
        fields: dict[str, Field] = {}
        for row in self.rows:
            first = ("goals",) if row == 1 and not self._goals else ("goals", -row, "goal")
            place: tuple[str | int, ...] = ("goals", -row)
            if row in self._goals:
                place = ("goals", self._goals.index(row))
                first = (*place, "goal")
            fields[f"goal-{row}"] = Field(f"目標{row}", loc=first)
            fields |= self._role_fields(row, place)
        return fields | {"review_on": Field("評価する日")}

    def _role_fields(self, row: int, place: tuple[str | int, ...]) -> dict[str, Field]:
        fields = {}
        given = [role for role in self.roles(row) if self._has_role(row, role)]
        for role in self.roles(row):
            name = f"{row}-{role}"
            at = (*place, "roles", given.index(role) if role in given else -role)
            alone = role == 1 and not given
            agency = (*place, "roles") if alone else (*at, "agency")
            fields[f"agency-{name}"] = Field(f"目標{row}の機関{role}", CHOOSE, agency)
            fields[f"role-{name}"] = Field(f"目標{row}の役割{role}", loc=(*at, "role"))
        return fields

    def _goal(self, row: int) -> dict[str, Any]:
        roles = [
            _given(
                {
                    "agency": self._one(f"agency-{row}-{role}"),
                    "role": self._one(f"role-{row}-{role}"),
                }
            )
            for role in self.roles(row)
            if self._has_role(row, role)
        ]
        return _given({"goal": self._one(f"goal-{row}"), "roles": roles})

    def _one(self, name: str) -> str:
        return self._typed.one(name)

    def _has_role(self, row: int, role: int) -> bool:
        return bool(self._one(f"agency-{row}-{role}") or self._one(f"role-{row}-{role}"))

    def _has_goal(self, row: int) -> bool:
        roles = range(1, MOST + 1)
        return bool(self._one(f"goal-{row}")) or any(self._has_role(row, role) for role in roles)

    @staticmethod
    def _last(there: Any) -> int:
        return max((row for row in range(1, MOST + 1) if there(row)), default=0)


def plan_first(plan: SupportPlan | None) -> dict[str, str]:
    """A version as the form shows it, to write the next one from."""
    if plan is None:
        return {}
    words = {}
    for goal in plan.goals:
        words[f"goal-{goal.number}"] = goal.words
        for place, role in enumerate(goal.roles, start=1):
            words[f"agency-{goal.number}-{place}"] = role.agency
            words[f"role-{goal.number}-{place}"] = role.words
    return words


def review_values(typed: Typed, plan: SupportPlan | None) -> dict[str, Any]:
    """The scores as the model takes them."""
    numbers = [] if plan is None else [goal.number for goal in plan.goals]
    scores = [
        {"goal": number, "score": score}
        for number in numbers
        if (score := typed.one(f"score-{number}"))
    ]
    values: dict[str, Any] = {"next_review": typed.one("next_review")}
    return values | ({"scores": scores} if scores else {})


def review_fields(typed: Typed, plan: SupportPlan | None) -> dict[str, Field]:
    """The fields of the scores; what is wrong with all of them is said at the first one left."""
    goals = () if plan is None else plan.goals
    left = [goal.number for goal in goals if not typed.one(f"score-{goal.number}")]
    fields: dict[str, Field] = {}
    for goal in goals:
        first = left and goal.number == left[0]
        loc: tuple[str | int, ...] = ("scores",) if first else ("scores", -goal.number)
        fields[f"score-{goal.number}"] = Field(f"目標{goal.number}の評価", CHOOSE, loc)
    return fields | {"next_review": Field("次に評価する日")}


def _given(words: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in words.items() if value}
