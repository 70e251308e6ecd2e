"""Close a fiscal year: take the release that closes it, or make it once."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.periods import read_period
from services.metrics.storage import releases
from services.metrics.storage.releases import StoredRelease
from services.metrics.usecases.find_release import find_year_release
from services.metrics.usecases.make_release import Wanted, make_release
from shared.errors import InvalidInput
from shared.japanese_time import japanese_day
from shared.plan import Plan


def check_year_over(fiscal_year: int, today: date) -> None:
    """Refuse a year that goes on or has not begun. Raises InvalidInput that says what can be."""
    year = read_period(str(fiscal_year))
    if year.over(today):
        return
    detail = f"{fiscal_year}年度はまだ終わっていません。年度が終わってから締めてください。"
    if year.first <= today:
        detail += "途中の数は、「公表版」の画面で速報として公表できます。"
    raise InvalidInput.field("fy", code="year-not-over", detail=detail)


async def close_year(
    connection: AsyncConnection, plan: Plan, fiscal_year: int, *, made_by: UUID, now: datetime
) -> StoredRelease:
    """The release that closes the year. Raises InvalidInput for a year that is not over.

    Asked twice, even at once, it makes one.
    """
    check_year_over(fiscal_year, japanese_day(now))
    await releases.lock(connection)
    found = await find_year_release(connection, fiscal_year)
    if found is not None:
        return found
    wanted = Wanted(str(fiscal_year), reason=None, unfinished=False)
    return await make_release(connection, plan, wanted, made_by=made_by, now=now)
