"""Print the つなぐシート: a leg on paper, for an agency without a terminal."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import Case, Leg, LegState
from services.referral.domain.sight import is_party, visible_facts
from services.referral.storage import cases
from services.referral.usecases.acting import not_found
from shared.plan import Plan


@dataclass(frozen=True, slots=True)
class PaperLeg:
    """A leg as its receiver may see it before accepting; `facts` holds nothing else."""

    case: Case
    leg: Leg
    facts: dict[str, str]
    reason_visible: bool
    urgency_visible: bool


async def print_sheet(
    connection: AsyncConnection, case_id: UUID, leg_id: UUID, agency: str, plan: Plan
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
    seen = visible_facts(leg.receiver, case, (before,), plan)
    return PaperLeg(
        case=case,
        leg=leg,
        facts={name: value for name, value in case.facts.items() if name in seen},
        reason_visible="reason" in seen,
        urgency_visible="urgency" in seen,
    )
