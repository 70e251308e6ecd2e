"""Figures that are counted anew beside the live ones: how far both have read, where they differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

Lack = Literal["live", "rebuilt", "differs"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far each stream was read, and the positions in it that were read and not applied.

    Those wait among the dead letters, or were given up.
    """

    positions: Mapping[str, int]
    passed_over: Mapping[str, frozenset[int]]

    def position(self, stream: str) -> int:
        """How far this stream was read; 0 before the first event."""
        return self.positions.get(stream, 0)

    def skipped(self, stream: str) -> frozenset[int]:
        """What was passed over in this stream."""
        return self.passed_over.get(stream, frozenset())

    def late(self, before: "Standing", stream: str) -> list[int]:
        """What had been passed over before and was applied since then, in its order."""
        return sorted(before.skipped(stream) - self.skipped(stream))

    def ahead_of(self, before: "Standing") -> int:
        """How many events were read since then."""
        return sum(place - before.position(name) for name, place in self.positions.items())


#: Before anything was read.
NOTHING = Standing({}, {})


@dataclass(frozen=True, slots=True)
class Share:
    """What one figure is made of: so many records, and the sums of what they say."""

    records: int
    quantity: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None


@dataclass(frozen=True, slots=True)
class FigureDifference:
    """A figure whose records are not the same; None where there are none.

    With equal shares they differ in what they are counted under, such as their day or district.
    """

    indicator: str
    rule_version: int
    fiscal_year: int
    part: str | None
    live: Share | None
    rebuilt: Share | None


@dataclass(frozen=True, slots=True)
class FactDifference:
    """A fact that one side lacks (`live` or `rebuilt`), or that both tell otherwise."""

    table: str
    id: UUID
    lack: Lack


@dataclass(frozen=True, slots=True)
class Differences:
    """All figures that differ, the first of the facts, and how many facts there are."""

    figures: tuple[FigureDifference, ...] = ()
    facts: tuple[FactDifference, ...] = ()
    facts_in_all: int = 0

    def __bool__(self) -> bool:
        return bool(self.figures or self.facts_in_all)
