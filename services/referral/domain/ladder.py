"""The ladder of a running term: a reminder at half-time, then overdue, then anew."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.referral.domain.clocks import TYPING, RunningClock
from services.referral.domain.opening_hours import due_at, half_time
from shared.plan import Plan


class Rung(StrEnum):
    """What a term does when its moment comes."""

    REMIND = "remind"
    RUN_OUT = "run-out"


@dataclass(frozen=True, slots=True)
class Ladder:
    """A term that runs, and how far it went. `round` grows when it ran out and began anew.

    `half_at` is when to remind, None once reminded; `next_at` is when to look again.
    """

    leg_id: UUID | None
    kind: str
    since: datetime
    round: int
    half_at: datetime | None
    due_at: datetime
    next_at: datetime

    @property
    def clock(self) -> RunningClock:
        """The term itself."""
        return RunningClock(self.kind, self.leg_id, self.since)


def foot(clock: RunningClock, plan: Plan, now: datetime) -> Ladder:
    """The ladder of a term that begins. One typed in late leaves time to type what followed."""
    half = half_time(plan.clocks[clock.kind], clock.since)
    due = due_at(plan.clocks[clock.kind], clock.since)
    soonest = now + TYPING if half <= now else half
    return Ladder(clock.leg_id, clock.kind, clock.since, 1, half, due, soonest)


def climb(ladder: Ladder, plan: Plan, now: datetime) -> tuple[list[Rung], Ladder]:
    """The rungs whose moment came, each once, and the ladder with them behind it.

    A term that ran out begins anew from now: nothing is ever without one.
    """
    rungs = []
    if ladder.next_at > now:
        return [], ladder
    if ladder.half_at is not None and ladder.half_at <= now:
        rungs.append(Rung.REMIND)
        ladder = replace(ladder, half_at=None, next_at=ladder.due_at)
    if ladder.due_at <= now:
        rungs.append(Rung.RUN_OUT)
        again = due_at(plan.clocks[ladder.kind], now)
        ladder = replace(ladder, round=ladder.round + 1, due_at=again, next_at=again)
    return rungs, replace(ladder, next_at=max(ladder.next_at, ladder.half_at or ladder.due_at))
