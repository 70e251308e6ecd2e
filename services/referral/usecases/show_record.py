"""What an agency keeps of a leg by itself: a party its view, one that gave it back its record."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import Leg, LegState
from services.referral.domain.sight import is_party, leg_as_seen, record_of, sight_of
from services.referral.storage import cases, history, listing
from services.referral.storage.history import Act
from services.referral.usecases.acting import not_found
from services.referral.usecases.show_cases import acts_as_seen
from shared.japanese_time import japanese_day
from shared.plan import Plan


@dataclass(frozen=True, slots=True)
class LegRecord:
    """One leg and the acts on it, as this agency sees them."""

    leg: Leg
    acts: list[Act]


async def show_leg(
    connection: AsyncConnection, leg_id: UUID, agency: str, plan: Plan, now: datetime
) -> LegRecord:
    """One leg. Raises NotFound unless the agency is a party who sees it, or once received it."""
    case_id = await cases.case_of_leg(connection, leg_id)
    standing = None if case_id is None else await cases.standing(connection, case_id)
    today = japanese_day(now)
    if standing is not None and is_party(agency, standing.case, standing.legs, plan.coordinator):
        sight = sight_of(agency, standing.case, standing.legs, plan, today)
        leg: Leg | None = standing.leg(leg_id)
    else:
        sight = record_of(agency)
        leg = await cases.leg_received(connection, leg_id, agency)
        if leg is not None and leg.state is LegState.VOID:
            leg = None
    seen = None if leg is None else leg_as_seen(leg, sight, plan, today)
    if seen is None:
        raise not_found()
    acts = await history.of_leg(connection, seen.case_id, leg_id)
    return LegRecord(seen, acts_as_seen(acts, {leg_id: seen}, sight))


async def list_given_back(
    connection: AsyncConnection, agency: str, plan: Plan, now: datetime, *, limit: int = 100
) -> list[LegRecord]:
    """The newest legs that this agency returned, or that were taken back from it.

    Each is its own record, whatever else it may see of that case now.
    """
    today, sight = japanese_day(now), record_of(agency)
    records = []
    for leg in await listing.given_back_by(connection, agency, limit=limit):
        seen = leg_as_seen(leg, sight, plan, today) or leg
        acts = await history.of_leg(connection, leg.case_id, leg.id)
        records.append(LegRecord(seen, acts_as_seen(acts, {leg.id: seen}, sight)))
    return records
