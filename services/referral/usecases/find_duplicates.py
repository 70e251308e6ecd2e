"""Cases that may be about the same person: a soft warning to those who may see both."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.holding import Standing
from services.referral.domain.likeness import alike, compares
from services.referral.domain.sight import is_party, sight_of
from services.referral.storage import cases, listing, news
from services.referral.usecases.show_cases import ShownCase
from shared.database import as_service
from shared.japanese_time import japanese_day
from shared.plan import Plan
from shared.plan.likeness import PERSON, WITHIN


async def find_duplicates(
    connection: AsyncConnection, shown: ShownCase, plan: Plan, now: datetime
) -> list[Standing]:
    """Open cases like this one, for its holder and the coordinator.

    None for a case about violence and none about it; none that this agency is not a party to;
    none by what it does not see of both, or the warning itself would tell.
    """
    agency = shown.sight.agency
    stored = await cases.find(connection, shown.case.id)
    answers = agency in (shown.case.holder, plan.coordinator)
    if stored is None or stored.shielded or not answers:
        return []
    if not compares(shown.sight, stored.facts):
        return []
    today = japanese_day(now)
    # Row by row the policies take long. Few are alike: those are found first, then read as theirs.
    async with as_service(connection):
        near = await listing.open_cases_like(connection, stored, PERSON, WITHIN)
    found = await news.standings(connection, near)
    return [
        like
        for like in sorted(found, key=lambda one: one.case.opened_at)
        if not like.case.shielded
        and is_party(agency, like.case, like.legs, plan.coordinator)
        and alike(
            stored,
            shown.sight,
            like.case,
            sight_of(agency, like.case, like.legs, plan, today),
        )
    ]
