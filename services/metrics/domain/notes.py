"""What a release says beside its figures: what happened, as the plan has it."""

from collections.abc import Sequence
from datetime import date

from services.metrics.domain.counted_years import Since, plan_notes, version_notes
from services.metrics.domain.published import Note, PlanLine
from shared.plan import Plan


def notes_until(plan: Plan, until: date) -> tuple[Note, ...]:
    """The plan's annotations up to and with this day, in their order."""
    return tuple(
        Note(
            on=one.on, kind=one.kind, breaks=one.breaks, indicators=one.indicators, words=one.words
        )
        for one in plan.annotations
        if one.on <= until
    )


def notes_beside(
    plan: Plan, lines: Sequence[PlanLine], until: date, since: Since
) -> tuple[Note, ...]:
    """The plan's annotations, and the breaks where another version counted, by their days."""
    breaks = [*version_notes(lines), *plan_notes(lines, since, plan.baseline_year)]
    every = [*notes_until(plan, until), *breaks]
    return tuple(sorted(every, key=lambda note: note.on))
