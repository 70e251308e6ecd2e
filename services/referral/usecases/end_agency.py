"""An agency ended and nobody follows it: what it still had comes back, or to the coordinator."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.referral.domain.agency_life import closed_leg, succeeded_case
from services.referral.domain.case import LegState
from services.referral.domain.holding import Standing, after_end
from services.referral.storage import agencies, cases
from services.referral.usecases.acting import (
    Acting,
    happened,
    holder_events,
    leg_words,
    note_act,
)
from services.referral.usecases.make_one import make_one
from services.referral.usecases.succeed_agency import MOST
from services.referral.usecases.turns import finish
from shared.audit.writing import Actor, write
from shared.contracts import ReferralSucceededV1, ReferralWithdrawnV1
from shared.database import SERVICE, transaction
from shared.messaging.event import Event

#: Who acts in the audit trail where the worker does by itself.
_WORKER = Actor("worker", None, str(SERVICE.role))


async def empty_agency(engine: AsyncEngine, agency: str, acting: Acting) -> int:
    """Bring up to `MOST` cases away from an agency that ended; how many there were.

    Offers are taken back and their case's holder decides anew; work, and the cases that the
    agency held or issued, are the coordinator's. Each case is a transaction of its own.
    """
    async with transaction(engine, SERVICE) as connection:
        found = await agencies.cases_with(connection, agency, MOST)
    for case_id in found:
        async with transaction(engine, SERVICE) as connection:
            await _bring(connection, case_id, agency, acting)
    return len(found)


async def _bring(connection: AsyncConnection, case_id: UUID, old: str, acting: Acting) -> None:
    before = await cases.standing(connection, case_id, lock=True)
    if before is None:
        return
    coordinator, at = acting.plan.coordinator, acting.now
    case = succeeded_case(before.case, old, coordinator)
    after, events = before.with_case(case), list[Event]()
    for leg in before.legs:
        moved = closed_leg(leg, old, acting.plan, at)
        if moved == leg:
            continue
        after = after_end(after, moved) if moved.state is not leg.state else after.with_legs(moved)
        if moved.state is LegState.WITHDRAWN:
            await note_act(
                connection, case_id, "agency-ended", moved.acted_at, acting, leg_id=leg.id, old=old
            )
            taken_back = ReferralWithdrawnV1(**leg_words(case, moved))
            events.append(happened(case, taken_back, moved.acted_at, acting))
            continue
        side = "receiver" if leg.receiver == old else "sender"
        words = {"of": side, "old": old, "to": coordinator}
        await note_act(connection, case_id, "succeeded", at, acting, leg_id=leg.id, **words)
        data = ReferralSucceededV1(**leg_words(case, moved), previous=old, state=moved.state)
        events.append(happened(case, data, at, acting))
    if after == before:
        return
    events += await _tell_case(connection, before, after, old, acting)
    after, ended = await make_one(connection, after, coordinator, at, acting)
    await finish(connection, before, after, [*events, *ended], at, acting)
    await write(connection, _WORKER, "agency-succeed", at, kind="case", record=case_id)


async def _tell_case(
    connection: AsyncConnection, before: Standing, after: Standing, old: str, acting: Acting
) -> list[Event]:
    """Note that the coordinator answers for the case from now on, if it does; the events of it."""
    case, at = after.case, acting.now
    if case == before.case:
        return []
    of = "holder" if case.holder != before.case.holder else "desk"
    await note_act(
        connection, case.id, "succeeded", at, acting, of=of, old=old, to=acting.plan.coordinator
    )
    return holder_events(before.case, case, "agency-ended", at, acting)
