"""From one fiscal year to the next: what changed, or why the two cannot be compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from services.metrics.domain.published import Note, PlanLine, Published, YearCell
from shared.japanese_time import last_day_of

FLOWS = frozenset({"consultation", "outcome", "activity"})

#: Why two years are not compared: one is masked, or unknown, or not over, or counted otherwise.
Hindrance = Literal["masked", "unknown", "unfinished", "broken"]


@dataclass(frozen=True, slots=True)
class Change:
    """`by` is this year less the last one; None where something is in the way.

    `from_plan`: the plan's own 現状 stands for the year before, of which no figure is printed.
    """

    by: Decimal | None
    hindrance: Hindrance | None = None
    from_plan: bool = False


def is_part_of_a_year(line: PlanLine, cell: YearCell, document: Published) -> bool:
    """Whether something that adds up was not yet counted to the year's end."""
    if line.kind not in FLOWS:
        return False
    own = cell.fiscal_year == document.fiscal_year
    counted_to = document.until if own else cell.as_of or last_day_of(cell.fiscal_year)
    return counted_to < last_day_of(cell.fiscal_year)


def broken_between(notes: Sequence[Note], before: int, after: int) -> bool:
    """Whether a series breaks after the first of these fiscal years began, until the other ends."""
    return any(note.breaks and date(before, 4, 1) < note.on <= last_day_of(after) for note in notes)


def change_into(line: PlanLine, cell: YearCell, document: Published, baseline_year: int) -> Change:
    """What changed into this year, by what is published.

    The plan's 現状 stands for its own year only where the release prints nothing in its place:
    another figure there, an x or a part of a year is what a reader compares with.
    """
    if cell.value is None:
        return Change(None, "masked" if cell.mark == "x" else "unknown")
    if is_part_of_a_year(line, cell, document):
        return Change(None, "unfinished")
    year = cell.fiscal_year - 1
    former = next((one for one in line.years if one.fiscal_year == year), None)
    if former is not None and former.mark == "x":
        return Change(None, "masked")
    before = None if former is None else former.value
    from_plan = before is None and year == baseline_year
    if from_plan:
        before = line.baseline_value
    if before is None:
        return Change(None, "unknown")
    if former is not None and not from_plan and is_part_of_a_year(line, former, document):
        return Change(None, "unfinished")
    if broken_between(notes_of(document, line.id), year, cell.fiscal_year):
        return Change(None, "broken")
    return Change(cell.value - before, from_plan=from_plan)


def notes_of(document: Published, indicator: str) -> list[Note]:
    """What the release says about this indicator beside its figures, by the days."""
    return [note for note in document.notes if indicator in note.indicators]
