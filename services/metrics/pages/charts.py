"""Charts: from figures to the places of bars, lines and words. A template draws them as SVG.

What has no figure leaves a gap with its symbol. Nothing but what is given here is ever drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise

from services.metrics.domain.published import Note
from services.metrics.pages.scales import Scale, scale_of, written_tick

WIDTH, HEIGHT = 480, 250
_RIGHT, _TOP, _BOTTOM = 14, 34, 34
#: About how wide a digit is, and how wide the gap is that a series break leaves.
_DIGIT, _GAP = 7.4, 5.0
#: A mark of the plan that is nearer to a value is in the way of its number.
_CROWDED = 14.0


@dataclass(frozen=True, slots=True)
class Point:
    """What stands at one place of the axis: a value, or a sign that says why there is none."""

    label: str
    starts: date
    ends: date
    value: Decimal | None = None
    words: str = ""
    sign: str = ""
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """The plan's way: from the place and value of 現状 to those of 目標.

    Without a baseline (`begins` is None), or where a value is to be kept, it is level. Without
    `judged` only its ends are shown.
    """

    begins: tuple[int, Decimal] | None
    ends: tuple[int, Decimal]
    level: bool = False
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything that a chart is drawn from. `bars` for what adds up, a line for what stands.

    `notes` carry the numbers of the legend beside the chart.
    """

    id: str
    title: str
    described: str
    points: Sequence[Point]
    decimals: int
    bars: bool
    way: Way | None = None
    notes: Sequence[tuple[int, Note]] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """A place (px) with a word."""

    x: float
    y: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A column; `provisional` ones are hatched."""

    x: float
    y: float
    width: float
    height: float
    provisional: bool


@dataclass(slots=True)
class Drawing:
    """A chart in px: `lines` and `way` are points as SVG writes them."""

    plot: Plot
    left: float
    floor: float
    ticks: list[Spot] = field(default_factory=list)
    labels: list[Spot] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    dots: list[tuple[Spot, bool]] = field(default_factory=list)
    values: list[Spot] = field(default_factory=list)
    signs: list[Spot] = field(default_factory=list)
    way: list[str] = field(default_factory=list)
    begins: Spot | None = None
    ends: Spot | None = None
    breaks: list[float] = field(default_factory=list)
    notes: list[Spot] = field(default_factory=list)

    @property
    def right(self) -> float:
        """Where the axis ends."""
        return WIDTH - _RIGHT


def _written(x: float, y: float) -> str:
    return f"{x:.1f},{y:.1f}"


class _Frame:
    """Where places of the axis, days and values stand."""

    def __init__(self, plot: Plot) -> None:
        ends = [] if plot.way is None else [plot.way.begins, plot.way.ends]
        shown = [point.value for point in plot.points if point.value is not None]
        shown += [end[1] for end in ends if end is not None]
        self.scale: Scale = scale_of(shown, plot.decimals, from_zero=plot.bars)
        self.words = [written_tick(tick, plot.decimals) for tick in self.scale.ticks]
        self.left = 14 + _DIGIT * max(len(words) + words.count("万") for words in self.words)
        self.band = (WIDTH - _RIGHT - self.left) / len(plot.points)
        self.floor = float(HEIGHT - _BOTTOM)
        self._points = plot.points

    def x(self, place: int) -> float:
        """The middle of a place."""
        return self.left + (place + 0.5) * self.band

    def x_of(self, day: date) -> float | None:
        """Where a day stands; None where it is not on the axis."""
        for place, point in enumerate(self._points):
            if point.starts <= day <= point.ends:
                share = (day - point.starts).days / ((point.ends - point.starts).days + 1)
                return self.left + (place + share) * self.band
        return None

    def y(self, value: Decimal) -> float:
        """The height of a value."""
        return self.floor - self.scale.share(float(value)) * (self.floor - _TOP)


def _ends(plot: Plot, frame: _Frame) -> list[Spot]:
    """Where the plan's marks stand, above which a number must stand higher."""
    ends = [] if plot.way is None else [plot.way.begins, plot.way.ends]
    return [Spot(frame.x(end[0]), frame.y(end[1])) for end in ends if end is not None]


def _draw_figures(drawing: Drawing, frame: _Frame, breaks: Sequence[float]) -> None:
    plot = drawing.plot
    wide = min(frame.band * 0.62, 44)
    run: list[tuple[float, float]] = []
    zero = frame.y(max(Decimal(0), Decimal(str(frame.scale.low))))
    for place, point in enumerate(plot.points):
        x = frame.x(place)
        if run and (point.value is None or any(run[-1][0] < at <= x for at in breaks)):
            drawing.lines.append(" ".join(_written(*one) for one in run))
            run = []
        if point.value is None:
            if point.sign:
                drawing.signs.append(Spot(x, frame.floor - 8, point.sign))
            continue
        y = frame.y(point.value)
        if plot.bars:
            top, height = min(y, zero), abs(zero - y)
            drawing.bars.append(Bar(x - wide / 2, top, wide, height, point.provisional))
        else:
            run.append((x, y))
            drawing.dots.append((Spot(x, y), point.provisional))
        if len(point.words) * _DIGIT <= frame.band + 6:
            above = y - (6 if plot.bars else 10)
            if any(abs(x - at.x) < 1 and abs(y - at.y) < _CROWDED for at in _ends(plot, frame)):
                above -= 8
            drawing.values.append(Spot(x, above, point.words))
    if run:
        drawing.lines.append(" ".join(_written(*one) for one in run))


def _draw_way(drawing: Drawing, frame: _Frame, breaks: Sequence[float]) -> None:
    way = drawing.plot.way
    if way is None:
        return
    goal = Spot(frame.x(way.ends[0]), frame.y(way.ends[1]))
    drawing.ends = goal
    start = Spot(frame.left, goal.y)
    if way.begins is not None:
        drawing.begins = Spot(frame.x(way.begins[0]), frame.y(way.begins[1]))
        start = Spot(drawing.begins.x, goal.y if way.level else drawing.begins.y)
    if not way.judged or goal.x <= start.x:
        return

    def at(x: float) -> tuple[float, float]:
        return x, start.y + (goal.y - start.y) * (x - start.x) / (goal.x - start.x)

    gaps = [at_break for at_break in breaks if start.x < at_break < goal.x]
    edges = [start.x, *(edge for gap in gaps for edge in (gap - _GAP, gap + _GAP)), goal.x]
    for place, (begins, ends) in enumerate(pairwise(edges)):
        if place % 2 == 0 and ends > begins:
            drawing.way.append(f"{_written(*at(begins))} {_written(*at(ends))}")


def draw(plot: Plot) -> Drawing:
    """The chart's places. A series break leaves a gap in every line that would cross it."""
    frame = _Frame(plot)
    drawing = Drawing(plot, frame.left, frame.floor)
    for tick, words in zip(frame.scale.ticks, frame.words, strict=True):
        drawing.ticks.append(Spot(frame.left, frame.y(Decimal(str(tick))), words))
    each = max(1, round(max(len(one.label) for one in plot.points) * _DIGIT / frame.band + 0.3))
    drawing.labels = [
        Spot(frame.x(place), frame.floor + 18, point.label)
        for place, point in enumerate(plot.points)
        if place % each == 0 or place == len(plot.points) - 1
    ]
    for number, note in plot.notes:
        x = frame.x_of(note.on)
        if x is not None:
            drawing.notes.append(Spot(x, 12, str(number)))
            if note.breaks:
                drawing.breaks.append(x)
    _draw_figures(drawing, frame, drawing.breaks)
    _draw_way(drawing, frame, drawing.breaks)
    return drawing
