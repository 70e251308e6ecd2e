"""What a release says: the published figures, after disclosure control, as one frozen document.

Every output (page, JSON, CSV, Atom, XLSX, print) is made from this document and nothing else, so
that none of them can show another figure than the rest, or one that was hidden.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from shared.plan.annotations import AnnotationKind
from shared.plan.model import Kind, Sense

#: `p` 速報, `f` 確定, `r` 訂正.
Status = Literal["provisional", "final", "revised"]
#: Why a figure is not there: `x` 秘匿, `-` 該当なし, `…` 不詳. Empty where there is a figure.
Mark = Literal["", "x", "-", "…"]
#: By what a yearly figure is broken down.
Dimension = Literal["month", "district", "age_band"]
#: What is counted of hand-offs, for each agency and month. Times are in hours.
Measure = Literal[
    "offered",
    "accepted",
    "returned",
    "returned-again",
    "overdue",
    "closed",
    "confirmed",
    "confirmed-share",
    "median-hours",
    "p90-hours",
]


def as_number(value: Decimal) -> int | float:
    """A decimal as a JSON number: whole numbers stay whole."""
    return int(value) if value == value.to_integral_value() else float(value)


Number = Annotated[Decimal, PlainSerializer(as_number, return_type=float, when_used="json")]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cell(_Said):
    """One figure. `value` is None where `mark` says why; a counted zero is 0 without a mark.

    `revised` where a correction changed what the last release of the closed period published.
    """

    value: Number | None = None
    mark: Mark = ""
    revised: bool = False

    @property
    def printed(self) -> bool:
        """Whether something stands in its place that readers compare with: a figure, or an x."""
        return self.value is not None or self.mark == "x"


class YearCell(Cell):
    """An indicator in one fiscal year. `release` is the release that first said it so.

    `definition_version` is the version of the rule that counted it, and `counted_how` its words
    where it is another than the line's. Releases made before years told it do not name them.
    """

    fiscal_year: int
    release: int
    status: Status
    numerator: Number | None = None
    denominator: Number | None = None
    state: str | None = None
    as_of: date | None = None
    definition_version: int | None = Field(default=None, exclude_if=lambda known: known is None)
    counted_how: str | None = Field(default=None, exclude_if=lambda known: known is None)


class PathProgress(_Said):
    """Where the published figure stands between baseline and target, with its reason in words."""

    ratio: Number | None
    expected: Number | None
    verdict: Literal["reached", "on-track", "behind", "not-judged"]
    reason: str


class PlanLine(_Said):
    """One of the plan's 40 rows. `years` ends with the release's own fiscal year."""

    row: int
    id: str
    name: str
    goal: int
    direction: int
    owner: str
    kind: Kind
    unit: str
    decimals: int
    sense: Sense
    protected: bool
    baseline: str | None
    baseline_value: Number | None
    target: str | None
    target_value: Number | None
    years: tuple[YearCell, ...]
    progress: PathProgress
    definition_version: int
    counted_how: str


class KeyedCell(Cell):
    """A figure of a breakdown: `key` is a month (`2026-04`) or a code of the dimension."""

    key: str


class Breakdown(_Said):
    """An indicator's figure of the release's fiscal year, broken down by one dimension."""

    indicator: str
    by: Dimension
    cells: tuple[KeyedCell, ...]


class FlowLine(_Said):
    """The hand-offs to one agency in one month (`2026-04`)."""

    agency: str
    month: str
    cells: dict[Measure, Cell]


class UnmetLine(_Said):
    """The needs of one topic that nobody could meet, in the release's fiscal year so far."""

    topic: str
    cell: Cell


class Freshness(_Said):
    """Up to which event of a stream the figures were counted."""

    stream: str
    position: int
    happened_at: datetime | None


class Note(_Said):
    """What happened on a day that a reader of these indicators' figures should know.

    `breaks`: the figures from this day on cannot be compared with those before.
    """

    on: date
    kind: AnnotationKind
    breaks: bool
    indicators: tuple[str, ...]
    words: str


class Published(_Said):
    """The whole document. `period` is a month (`2026-10`) or a fiscal year (`2025`).

    A document without notes does not name them: those made before there were any keep their hash.
    `fresh` is always empty: only releases made before that was decided say something there.
    """

    schema_version: Literal[1] = 1
    city: str
    number: int
    previous: int | None
    period: str
    fiscal_year: int
    until: date
    finished: bool
    status: Status
    reason: str | None
    made_at: datetime
    threshold: int
    rounding_base: int
    lines: tuple[PlanLine, ...]
    breakdowns: tuple[Breakdown, ...]
    flow: tuple[FlowLine, ...]
    unmet: tuple[UnmetLine, ...]
    fresh: tuple[Freshness, ...]
    notes: tuple[Note, ...] = Field(default=(), exclude_if=lambda notes: not notes)
