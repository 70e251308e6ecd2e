"""The plan as typed, frozen values: agencies, topics, clocks and indicator rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

Sense = Literal["increase", "maintain", "allow-decrease", "reach", "neutral"]
Kind = Literal["consultation", "outcome", "activity", "stock", "ratio", "milestone"]

#: Topics about violence: of such cases less is shown, and no slip names an agency. Every plan has
#: them, so that none can lose this protection by another name.
SHIELDED_TOPICS = frozenset({"child-abuse", "elder-abuse", "disability-abuse", "dv"})


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency 機関 with a desk. Without a `terminal` it gets paper and the telephone."""

    id: str
    name: str
    kind: Literal["city", "council", "centre", "outside"]
    core: bool
    terminal: bool
    valid_from: date | None
    valid_to: date | None

    def valid_on(self, day: date) -> bool:
        """Whether it is there on this day; both ends are days on which it is."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and not self.ended_on(day)

    def ended_on(self, day: date) -> bool:
        """Whether it is no more on this day."""
        return self.valid_to is not None and self.valid_to < day


@dataclass(frozen=True, slots=True)
class SuggestedReceiver:
    """An agency that a topic leads to; for some ages or districts only, when these are given."""

    agency: str
    only_age_bands: frozenset[str]
    only_districts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Topic:
    """What a consultation is about, and where the plan sends it."""

    id: str
    label: str
    urgent: bool
    receivers: tuple[SuggestedReceiver, ...]
    group: str | None
    source_line: str


@dataclass(frozen=True, slots=True)
class Route:
    """A line of the plan's own text: which topic it gives to which agencies, by their names."""

    topic: str
    receivers: tuple[str, ...]
    urgent: str
    source_line: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A term that runs: `opening_days` on the business calendar, or a `span` on the wall clock.

    One that `extends` another takes its place, and runs since that one began.
    """

    id: str
    applies_to: str
    starts: str
    extends: str | None
    stops: tuple[str, ...]
    opening_days: int | None
    span: timedelta | None
    source: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What a receiver sees of a case before and after it accepts a leg on this basis.

    `offered_when` names an indicator and the state it must have before the law offers the basis.
    """

    before: frozenset[str]
    after: frozenset[str]
    offered_when: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One of the 40 rows. `baseline` and `target` are the plan's words, None for its `-`."""

    row: int
    id: str
    goal: int
    direction: int
    owner: str
    name: str
    baseline: str | None
    target: str | None
    baseline_value: Decimal | None
    target_value: Decimal | None
    unit: str
    kind: Kind
    sense: Sense
    same_as: int | None
    source_line: str

    @property
    def decimals(self) -> int:
        """How many decimals the plan shows, from the baseline or else the target."""
        shown = self.baseline_value if self.baseline_value is not None else self.target_value
        exponent = 0 if shown is None else shown.as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The published figures' threshold and rounding base.

    From everything published, a masked figure may be any of at least `minimum_possible` values.
    """

    threshold: int
    rounding_base: int
    minimum_possible: int


CodeLists = Mapping[str, Mapping[str, str]]
