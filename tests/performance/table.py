"""One line of the report for each thing that was measured, and the Markdown of them all."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """What was measured; without a goal it is there to be compared with."""

    what: str
    measured: str
    goal: str = ""
    reached: bool | None = None

    @classmethod
    def ratio(cls, what: str, ratio: float, goal: float | None) -> "Line":
        """A ratio of two rates, with the least that it should be."""
        if goal is None:
            return cls(what, f"{ratio:.2f}")
        return cls(what, f"{ratio:.2f}", f"at least {goal:g}", ratio >= goal)

    @classmethod
    def least(cls, what: str, value: float, unit: str, goal: float) -> "Line":
        """A value with the least that it should be."""
        return cls(what, f"{value:.0f} {unit}", f"at least {goal:g} {unit}", value >= goal)

    @classmethod
    def most(cls, what: str, value: float, unit: str, goal: float) -> "Line":
        """A value with the most that it should be."""
        return cls(what, f"{value:.1f} {unit}", f"under {goal:g} {unit}", value < goal)


def markdown(lines: Sequence[Line]) -> str:
    """The lines as a table."""
    words = {True: "yes", False: "no", None: ""}
    rows = [(line.what, line.measured, line.goal, words[line.reached]) for line in lines]
    head = [("What", "Measured", "Goal", "Reached"), ("---",) * 4]
    return "".join(f"| {' | '.join(row)} |\n" for row in [*head, *rows])
