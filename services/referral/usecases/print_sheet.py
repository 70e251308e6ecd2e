"""Print the つなぐシート: a leg on paper, for an agency without a terminal."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import Case, Leg, LegState
from services.referral.domain.sight import case_as_seen, is_party, leg_as_seen, sight_of
from services.referral.storage import cases
from services.referral.usecases.acting import not_found
from shared.plan import Plan


@dataclass(frozen=True, slots=True)
class PaperLeg:
    """A leg and its case with nothing in them that its receiver may not see before accepting."""

    case: Case
    leg: Leg


async def print_sheet(
    connection: AsyncConnection,
    case_id: UUID,
    leg_id: UUID,
    agency: str,
    plan: Plan,
    today: date,
) -> PaperLeg:
    """The leg for paper, which never holds the code: that proves that the person came.

    For the sender, the holder and the coordinator; raises NotFound for everybody else.
    """
    standing = await cases.standing(connection, case_id)
    leg = None if standing is None else next((o for o in standing.legs if o.id == leg_id), None)
    if standing is None or leg is None:
        raise not_found()
    case = standing.case
    coordinates = agency == plan.coordinator and is_party(agency, case, standing.legs, agency)
    if agency not in (leg.sender, case.holder) and not coordinates:
        raise not_found()
    before = replace(leg, state=LegState.OFFERED, accepted_at=None)
    sight = sight_of(leg.receiver, case, (before,), plan, today)
    seen = leg_as_seen(before, sight, plan, today) or before
    return PaperLeg(case_as_seen(case, sight, plan), replace(leg, reason=seen.reason))
