"""A word-sized line beside a row: the years at a glance. The row itself says the figures."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT = 72, 20
_EDGE = 4


@dataclass(frozen=True, slots=True)
class Spark:
    """`runs` are points (px) as SVG writes them, apart where a figure is missing or a break is."""

    runs: tuple[str, ...]
    last: tuple[float, float] | None


def spark_of(values: Sequence[Decimal | None], breaks: Collection[int] = ()) -> Spark:
    """The values in their order; none is drawn where there is none.

    No line leads to the places of `breaks`: what stands there cannot be compared with before.
    """
    known = [float(value) for value in values if value is not None]
    if len(known) < 2:
        return Spark((), None)
    low, span = min(known), max(known) - min(known) or 1.0
    step = (WIDTH - 2 * _EDGE) / (len(values) - 1)
    runs: list[list[str]] = [[]]
    last = None
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        y = HEIGHT - _EDGE - (float(value) - low) / span * (HEIGHT - 2 * _EDGE)
        if place in breaks:
            runs.append([])
        last = (round(_EDGE + place * step, 1), round(y, 1))
        runs[-1].append(f"{last[0]},{last[1]}")
    return Spark(tuple(" ".join(run) for run in runs if len(run) > 1), last)
