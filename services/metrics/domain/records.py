"""The records behind a figure, as a manager may see them: no person can be told from them."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

RecordKind = Literal["consultation", "leg", "activity", "conference", "figure"]


@dataclass(frozen=True, slots=True)
class Record:
    """One record's share. `number` is its place; `id` is a leg's consultation for a leg."""

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


def as_shown(record: Record) -> Record:
    """The record without the district of a person.

    Consultations about violence must not show theirs, and where only those lacked it, the gap
    would show which they are: so none shows it. Breakdowns by district say how many there were.
    """
    return record if record.kind not in ("consultation", "leg") else replace(record, district=None)
