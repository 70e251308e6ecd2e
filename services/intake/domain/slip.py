"""A slip 控え: what it may name, and how long a choice to print one about violence holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

#: Safe now is not safe next month: the choice holds while the person is at the counter.
CHOICE_HOLDS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Slip:
    """A neutral slip has neither destinations nor a day."""

    consultation_id: UUID
    code: str
    neutral: bool
    destinations: tuple[str, ...]
    issued_at: datetime | None


def is_chosen(last_choice: datetime | None, now: datetime) -> bool:
    """Whether somebody made sure, just now, that the slip does no harm."""
    return last_choice is not None and now - last_choice < CHOICE_HOLDS


def destinations_of(asked: Sequence[str], told: Iterable[tuple[str, bool]]) -> tuple[str, ...]:
    """Where to go: what was asked for, then what came later, without what has ended.

    `told` are the legs as the referral service told them: receiver, and whether it is open.
    """
    legs = list(told)
    known = {receiver for receiver, _ in legs}
    still = {receiver for receiver, is_open in legs if is_open}
    named = [agency for agency in asked if agency in still or agency not in known]
    return tuple(dict.fromkeys(named + [receiver for receiver, is_open in legs if is_open]))
