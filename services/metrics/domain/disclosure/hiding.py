"""How one protected figure is published, and what a reader then knows of it."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.metrics.domain.published import Mark
from shared.plan.model import Disclosure

#: `exact`: as it is. `rounded`: to the base. `small`: masked, and known to be from 1 to below the
#: threshold. `kept`: masked because it once was, whatever it is now. `withheld`: not shown, because
#: it would narrow a masked one. The last three look alike (x).
How = Literal["exact", "rounded", "small", "kept", "withheld"]

#: Above every count; a figure of which nothing is known is between 0 and this.
UNBOUNDED = 10**9


class Hidden(BaseModel):
    """A figure with what was published of it. It is stored beside the release and never shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exact: int
    how: How

    @property
    def masked(self) -> bool:
        """Whether it may never be told, in no later release of its period."""
        return self.how in ("small", "kept")


#: The figures of one table by their keys.
Figures = dict[str, Hidden]


def rounded(value: int, base: int) -> int:
    """The nearest multiple of the base, half up."""
    return base * ((2 * value + base) // (2 * base))


def first_rule(value: int, rule: Disclosure, before: Hidden | None, *, final: bool = False) -> How:
    """How a figure is published by itself: 0 is 0, small is masked, all else is rounded.

    `final` is the total of a year that is over. What was masked `before` stays masked, because
    the step from masked to shown would tell how small it was.
    """
    if before is not None and before.masked:
        return before.how if before.exact == value else "kept"
    if value == 0:
        return "exact"
    if value < rule.threshold:
        return "small"
    return "exact" if final else "rounded"


def shown(figure: Hidden, rule: Disclosure) -> tuple[Decimal | None, Mark]:
    """What is printed: a value, or why there is none."""
    match figure.how:
        case "exact":
            return Decimal(figure.exact), ""
        case "rounded":
            return Decimal(rounded(figure.exact, rule.rounding_base)), ""
        case _:
            return None, "x"


def span(figure: Hidden, rule: Disclosure) -> tuple[int, int]:
    """The least and the greatest value that a reader who knows the rule must reckon with."""
    match figure.how:
        case "exact":
            return figure.exact, figure.exact
        case "rounded":
            base = rule.rounding_base
            middle = rounded(figure.exact, base)
            return max(rule.threshold, middle - base // 2), middle + (base + 1) // 2 - 1
        case "small":
            return 1, rule.threshold - 1
        case _:
            return 0, UNBOUNDED
