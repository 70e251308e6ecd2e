"""An agency ended and nobody follows it: what it still had comes back, or to the coordinator."""

from sqlalchemy.ext.asyncio import AsyncEngine

from services.referral.domain.agency_life import closed_leg
from services.referral.domain.notices import ENDED
from services.referral.storage import agencies
from services.referral.usecases.acting import Acting
from services.referral.usecases.move_case import Move, move_case
from services.referral.usecases.succeed_agency import MOST
from shared.audit.writing import Actor, write
from shared.database import SERVICE, transaction

#: Who acts in the audit trail where the worker does by itself.
_WORKER = Actor("worker", None, str(SERVICE.role))


async def empty_agency(engine: AsyncEngine, agency: str, acting: Acting) -> int:
    """Bring up to `MOST` cases away from an agency that ended; how many there were.

    Offers are taken back and their case's holder decides anew; work, and the cases that the
    agency held or issued, are the coordinator's. Each case is a transaction of its own.
    """
    plan, at = acting.plan, acting.now
    move = Move(
        agency, plan.coordinator, ENDED, lambda leg: closed_leg(leg, agency, plan, at), anew=True
    )
    async with transaction(engine, SERVICE) as connection:
        found = await agencies.cases_with(connection, agency, MOST)
    for case_id in found:
        async with transaction(engine, SERVICE) as connection:
            if await move_case(connection, case_id, move, acting) is not None:
                await write(connection, _WORKER, "agency-succeed", at, kind="case", record=case_id)
    return len(found)
