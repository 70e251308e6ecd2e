"""Leave nothing behind: bring what came to paused and former agencies since to where it belongs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from services.referral.storage import agencies
from services.referral.usecases.acting import SYSTEM, Acting
from services.referral.usecases.end_agency import empty_agency
from services.referral.usecases.pause_agency import move_offers
from services.referral.usecases.succeed_agency import MOST, move_cases
from shared.database import SERVICE, transaction
from shared.identity.principal import Principal, Role
from shared.japanese_time import japanese_day
from shared.messaging.event import Cause
from shared.messaging.outbox import Outbox
from shared.plan import Plan

_KEEPER = Principal(UUID(int=1), "自動", Role.COUNTER, SYSTEM)


def by_itself(plan: Plan, outbox: Outbox, now: datetime) -> Acting:
    """Acting for no agency: what follows from a pause or a succession that somebody set."""
    cause = str(uuid7())
    return Acting(_KEEPER, plan, outbox, now, Cause(cause, cause))


async def tend_agencies(engine: AsyncEngine, plan: Plan, outbox: Outbox, now: datetime) -> bool:
    """A pause that begins today, an offer that crossed one, a case that opened again: move them.

    So is what an agency still has that ended without a successor.

    Gives whether more may wait.
    """
    async with transaction(engine, SERVICE) as connection:
        day = await agencies.on_day(connection, plan, japanese_day(now))
    full = False
    for agency in day.successors:
        progress = await move_cases(engine, agency, by_itself(plan, outbox, now))
        full = full or progress.cases == MOST
    for agency in day.left_alone():
        moved = await empty_agency(engine, agency, by_itself(plan, outbox, now))
        full = full or moved == MOST
    if day.pauses:
        await move_offers(engine, by_itself(plan, outbox, now))
    return full
