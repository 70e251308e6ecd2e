"""Whole numbers behind published cells: what they can be, by integer programming with HiGHS."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

_MANY = 10_000


@dataclass(frozen=True, slots=True)
class Finding:
    """A masked cell that may be one of too few values."""

    what: str
    least: int
    greatest: int
    possible: int


@dataclass(slots=True)
class Puzzle:
    """Unknown whole numbers with bounds, linear constraints, and the masked ones among them."""

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    rows: list[tuple[dict[int, int], float, float]] = field(default_factory=list)
    masked: dict[int, str] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)
    crossed: set[int] = field(default_factory=set)
    unshown: set[int] = field(default_factory=set)
    _constraints: list[LinearConstraint] | None = None

    def number(self, name: str, low: float = 0, high: float = _MANY) -> int:
        """The unknown with this name; known bounds are narrowed."""
        if name not in self.names:
            self.names[name] = len(self.low)
            self.low.append(low)
            self.high.append(high)
        one = self.names[name]
        self.low[one] = max(self.low[one], low)
        self.high[one] = min(self.high[one], high)
        return one

    def _solve(self, one: int, sign: int, fixed: int | None = None) -> int | None:
        cost = np.zeros(len(self.low))
        cost[one] = sign
        low, high = np.array(self.low, float), np.array(self.high, float)
        if fixed is not None:
            low[one] = high[one] = fixed
        if (low > high).any():
            return None
        answer = milp(
            cost,
            integrality=np.ones(len(low)),
            bounds=Bounds(low, high),
            constraints=self._constraint(),
        )
        return None if answer.x is None else round(answer.x[one])

    def _constraint(self) -> list[LinearConstraint]:
        if self._constraints is None:
            matrix = np.zeros((len(self.rows), len(self.low)))
            for row, (terms, _, _) in enumerate(self.rows):
                for variable, coefficient in terms.items():
                    matrix[row, variable] = coefficient
            least, greatest = [row[1] for row in self.rows], [row[2] for row in self.rows]
            self._constraints = [LinearConstraint(matrix, least, greatest)] if self.rows else []
        return self._constraints

    def findings(self, minimum: int) -> Iterator[Finding]:
        """The masked cells with fewer possible values than `minimum`; none if nothing fits."""
        for one, what in sorted(self.masked.items()):
            if one in self.told:
                continue
            least = self._solve(one, 1)
            greatest = self._solve(one, -1)
            if least is None or greatest is None:
                return
            if one in self.unshown - self.crossed and (least, greatest) == (0, 0):
                continue  # a zero is public; where it may have been more, it is hidden as well
            possible = greatest - least + 1
            if minimum <= possible <= 2 * minimum:
                between = range(least + 1, greatest)
                fitting = (value for value in between if self._solve(one, 1, value) is not None)
                possible = 2 + len(list(islice(fitting, minimum - 2)))
            if possible < minimum:
                yield Finding(what, least, greatest, possible)
