"""The scale of a chart: from where to where, and at which numbers its lines stand."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

_STEPS = (1, 2, 5, 10)
#: So many lines a chart should have about.
_LINES = 4
#: 万: larger numbers are written in it beside a chart.
_MAN = 10_000


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` to `high`, with a line at each of `ticks`."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def share(self, value: float) -> float:
        """Where a value stands between the two: 0 at the low end, 1 at the high one."""
        return (value - self.low) / (self.high - self.low)


def _step(span: float, decimals: int) -> float:
    """A round distance between lines, none finer than the figures themselves."""
    rough = max(span / _LINES, 10.0**-decimals)
    size = 10.0 ** math.floor(math.log10(rough))
    return next(size * one for one in _STEPS if size * one >= rough * 0.999)


def scale_of(values: Sequence[Decimal], decimals: int, *, from_zero: bool) -> Scale:
    """A scale that holds these values; from 0 where lengths are compared, or where 0 is near."""
    if not values:
        return Scale(0.0, 1.0, (0.0,))
    found = [float(value) for value in values]
    low, high = min(found), max(found)
    if from_zero or low <= 0 or high - low > high / 2:
        low, high = min(low, 0.0), max(high, 0.0)
    step = _step(high - low, decimals)
    first, last = math.floor(low / step), max(math.ceil(high / step), math.floor(low / step) + 1)
    ticks = tuple(round(place * step, 6) for place in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks)


def written_tick(value: float, decimals: int) -> str:
    """A number beside a line: 1,200, 1.34, 1,050万."""
    if abs(value) >= 10 * _MAN and value % _MAN == 0:
        return f"{value / _MAN:,.0f}万"
    return f"{value:,.{decimals}f}" if decimals else f"{value:,.0f}"
