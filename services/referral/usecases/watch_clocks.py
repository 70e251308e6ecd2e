"""Let terms run: remind at half-time, flag what ran out, bring it to the coordinator."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from uuid_utils.compat import uuid7

from services.referral.domain.clocks import CASE_CLOCK, RunningClock, ran_out
from services.referral.domain.holding import Standing
from services.referral.domain.ladder import Ladder, Rung, climb
from services.referral.storage import cases, clocks
from services.referral.usecases.acting import (
    SYSTEM,
    Acting,
    case_words,
    happened,
    note_act,
    note_bound,
)
from services.referral.usecases.turns import finish
from shared.contracts import ClockHalfOverV1, ClockRanOutV1
from shared.database import SERVICE, transaction
from shared.identity.principal import Principal, Role
from shared.messaging.event import Cause, Event
from shared.messaging.outbox import Outbox
from shared.plan import Plan

#: So many cases are looked at in one turn; more wait for the next.
MOST = 200
_CLOCK = Principal(UUID(int=0), "期限", Role.COUNTER, SYSTEM)


async def watch_clocks(engine: AsyncEngine, plan: Plan, outbox: Outbox, now: datetime) -> bool:
    """Climb every ladder whose moment has come by `now`; whether more may wait.

    After an outage each rung that was missed is climbed once. Two that do this at once do no
    harm: the case is locked, and what one has climbed lies behind the other.
    """
    async with transaction(engine, SERVICE) as connection:
        due = await clocks.cases_due(connection, now, MOST)
        unwatched = await clocks.open_cases_without(connection, MOST)
    for case_id in (*unwatched, *due):
        async with transaction(engine, SERVICE) as connection:
            await watch_case(connection, case_id, acting_clock(plan, outbox, now))
    return len(due) == MOST or bool(unwatched)


def acting_clock(plan: Plan, outbox: Outbox, now: datetime) -> Acting:
    """The one who acts when a term runs out; each time is a cause of its own."""
    cause = str(uuid7())
    return Acting(_CLOCK, plan, outbox, now, Cause(cause, cause))


async def watch_case(connection: AsyncConnection, case_id: UUID, acting: Acting) -> None:
    """Climb the ladders of one case whose moment has come."""
    before = await cases.standing(connection, case_id, lock=True)
    if before is None:
        return
    after, events = before, list[Event]()
    for ladder in await clocks.of_case(connection, case_id):
        rungs, higher = climb(ladder, acting.plan, acting.now)
        if higher != ladder:
            await clocks.move(connection, case_id, higher)
        for rung in rungs:
            after, told = await _reach(connection, after, ladder, rung, acting)
            events += told
    await finish(connection, before, after, events, acting.now, acting)


async def _reach(
    connection: AsyncConnection, standing: Standing, ladder: Ladder, rung: Rung, acting: Acting
) -> tuple[Standing, list[Event]]:
    """One rung: what is told, and the case as it stands afterwards.

    A term that runs out again is told no more; only its bounds apply again.
    """
    case, clock = standing.case, ladder.clock
    agency = _whose(standing, clock)
    words = {
        **case_words(case),
        "clock": clock.kind,
        "due_at": ladder.due_at,
        "referral_id": clock.leg_id,
        "agency": agency,
    }
    at, events = acting.now, list[Event]()
    if rung is Rung.REMIND:
        await _note(connection, standing, ladder, "remind", acting)
        return standing, [happened(case, ClockHalfOverV1(**words), at, acting)]
    if ladder.round == 1:
        await _note(connection, standing, ladder, "run-out", acting)
        events.append(happened(case, ClockRanOutV1(**words), at, acting))
    after = ran_out(standing, clock, acting.plan.coordinator, at)
    cause = "case-clock" if clock.kind == CASE_CLOCK else "accept-clock"
    return after, events + await note_bound(connection, case, after.case, cause, at, acting)


def _whose(standing: Standing, clock: RunningClock) -> str:
    """The agency whose term it is: the receiver of the leg, or the holder of the case."""
    return standing.case.holder if clock.leg_id is None else standing.leg(clock.leg_id).receiver


async def _note(
    connection: AsyncConnection, standing: Standing, ladder: Ladder, action: str, acting: Acting
) -> None:
    await note_act(
        connection,
        standing.case.id,
        action,
        acting.now,
        acting,
        leg_id=ladder.leg_id,
        whose=_whose(standing, ladder.clock),
        clock=ladder.kind,
        due_at=ladder.due_at.isoformat(),
    )
