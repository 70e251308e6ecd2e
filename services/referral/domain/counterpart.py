"""Which other agency a notification is about, as far as its reader still sees that."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.referral.domain.holding import Standing
from services.referral.domain.sight import is_party, leg_as_seen, sight_of
from shared.plan import Plan


class Relation(StrEnum):
    """What the other agency is to the leg or to the case."""

    SENDER = "sender"
    RECEIVER = "receiver"
    DESK = "desk"
    HOLDER = "holder"


@dataclass(frozen=True, slots=True)
class Counterpart:
    """An agency by which the reader tells one case from another."""

    side: Relation
    agency: str


def counterpart(
    agency: str, standing: Standing, leg_id: UUID | None, plan: Plan, today: date
) -> Counterpart | None:
    """The other end of the leg, or who else answers for the case; None where nothing is seen."""
    case, legs = standing.case, standing.legs
    if not is_party(agency, case, legs, plan.coordinator):
        return None
    if leg_id is None:
        others = ((Relation.DESK, case.desk), (Relation.HOLDER, case.holder))
        return next((Counterpart(side, one) for side, one in others if one != agency), None)
    sight = sight_of(agency, case, legs, plan, today)
    leg = next((one for one in legs if one.id == leg_id), None)
    seen = None if leg is None else leg_as_seen(leg, sight, plan, today)
    if seen is None:
        return None
    if seen.receiver == agency:
        return Counterpart(Relation.SENDER, seen.sender)
    return Counterpart(Relation.RECEIVER, seen.receiver)
