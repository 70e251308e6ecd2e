"""The records behind a figure, as a manager may see them: no person can be told from them."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

RecordKind = Literal["consultation", "leg", "activity", "conference", "figure"]


@dataclass(frozen=True, slots=True)
class Record:
    """One record's share. `id` is the consultation's for a leg."""

    number: int
    id: UUID
    kind: RecordKind
    day: date
    desk: str | None
    district: str | None
    part: str | None
    quantity: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    state: str | None

    @property
    def place(self) -> "Place":
        """Its place in the list."""
        return Place(self.day, self.number)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in the list: by its day, then in the order of counting."""

    day: date
    number: int

    def __str__(self) -> str:
        return f"{self.day}.{self.number}"

    @classmethod
    def read(cls, words: str) -> "Place":
        """The place in words, as a page's address carries it. Raises ValueError."""
        day, _, number = words.partition(".")
        return cls(date.fromisoformat(day), int(number))


def as_shown(record: Record) -> Record:
    """The record without the district of a person.

    Consultations about violence must not show theirs, and where only those lacked it, the gap
    would show which they are: so none shows it. Breakdowns by district say how many there were.
    """
    return record if record.kind not in ("consultation", "leg") else replace(record, district=None)
