"""Bring one case away from an agency that is no more, and tell everybody whom that concerns."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.agency_life import succeeded_case
from services.referral.domain.case import Leg, LegState
from services.referral.domain.holding import Standing, after_end
from services.referral.storage import cases
from services.referral.usecases.acting import (
    Acting,
    happened,
    holder_events,
    leg_words,
    note_act,
)
from services.referral.usecases.make_one import make_one
from services.referral.usecases.turns import finish
from shared.contracts import ReferralSucceededV1, ReferralWithdrawnV1
from shared.messaging.event import Event


@dataclass(frozen=True, slots=True)
class Move:
    """Who answers for what an agency had, and what becomes of a leg of it.

    `cause` is why the holder changed. With `anew` the term to offer or close begins again for a
    case without a live leg; a successor goes on under the one that runs.
    """

    old: str
    to: str
    cause: str
    leg: Callable[[Leg], Leg]
    anew: bool


async def move_case(
    connection: AsyncConnection, case_id: UUID, move: Move, acting: Acting
) -> int | None:
    """Move one case; how many of its legs were moved, None where it has nothing of the agency."""
    before = await cases.standing(connection, case_id, lock=True)
    if before is None:
        return None
    case, at = succeeded_case(before.case, move.old, move.to), acting.now
    pairs = [(leg, move.leg(leg)) for leg in before.legs]
    moved = [(leg, new) for leg, new in pairs if new != leg]
    if case == before.case and not moved:
        return None
    after, events = before.with_case(case), list[Event]()
    for leg, new in moved:
        taken_back = new.state is LegState.WITHDRAWN
        after = after_end(after, new) if taken_back else after.with_legs(new)
        events.append(await _tell_leg(connection, after, leg, new, move, acting))
    events += await _tell_case(connection, before, after, move, acting)
    after, ended = await make_one(connection, after, move.to, at, acting)
    await finish(connection, before, after, [*events, *ended], at, acting, anew=move.anew)
    return len(moved)


async def _tell_leg(
    connection: AsyncConnection, after: Standing, leg: Leg, new: Leg, move: Move, acting: Acting
) -> Event:
    case, at = after.case, acting.now
    if new.state is LegState.WITHDRAWN:
        await note_act(
            connection, case.id, "agency-ended", new.acted_at, acting, leg_id=leg.id, old=move.old
        )
        return happened(case, ReferralWithdrawnV1(**leg_words(case, new)), new.acted_at, acting)
    side = "receiver" if leg.receiver == move.old else "sender"
    words = {"of": side, "old": move.old, "to": move.to}
    await note_act(connection, case.id, "succeeded", at, acting, leg_id=leg.id, **words)
    data = ReferralSucceededV1(**leg_words(case, new), previous=move.old, state=new.state)
    return happened(case, data, at, acting)


async def _tell_case(
    connection: AsyncConnection, before: Standing, after: Standing, move: Move, acting: Acting
) -> list[Event]:
    """Note that another agency answers for the case from now on, if it does; the events of it."""
    case, at = after.case, acting.now
    if case == before.case:
        return []
    of = "holder" if case.holder != before.case.holder else "desk"
    await note_act(connection, case.id, "succeeded", at, acting, of=of, old=move.old, to=move.to)
    return holder_events(before.case, case, move.cause, at, acting)
