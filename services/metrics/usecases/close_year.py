"""Close a fiscal year: take the release that closes it, or make it once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.storage import releases
from services.metrics.storage.releases import StoredRelease
from services.metrics.usecases.find_release import find_year_release
from services.metrics.usecases.make_release import Wanted, make_release
from shared.plan import Plan


async def close_year(
    connection: AsyncConnection, plan: Plan, fiscal_year: int, *, made_by: UUID, now: datetime
) -> StoredRelease:
    """The release that closes the year. Raises InvalidInput for a year that is not over.

    Asked twice, even at once, it makes one.
    """
    await releases.lock(connection)
    found = await find_year_release(connection, fiscal_year)
    if found is not None:
        return found
    wanted = Wanted(str(fiscal_year), reason=None, unfinished=False)
    return await make_release(connection, plan, wanted, made_by=made_by, now=now)
