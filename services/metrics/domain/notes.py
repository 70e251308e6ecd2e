"""What a release says beside its figures: what happened, as the plan has it."""

from datetime import date

from services.metrics.domain.published import Note
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
