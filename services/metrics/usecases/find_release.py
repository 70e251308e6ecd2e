"""Which release is meant: one by its number, the newest, or the newest of a fiscal year."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.storage import releases
from services.metrics.storage.releases import ReleaseHead, StoredRelease
from shared.errors import NotFound


def _none(number: int | None, fiscal_year: int | None) -> NotFound:
    """What there is not, in words."""
    if number is not None:
        where = "" if fiscal_year is None else f"{fiscal_year}年度の"
        detail = f"{where}公表版{number}はありません。番号をお確かめください。"
    elif fiscal_year is not None:
        detail = f"{fiscal_year}年度の公表版は、まだありません。"
    else:
        detail = "公表された数値は、まだありません。締めの後にここで公表します。"
    return NotFound("no-release", detail)


async def find_heads(
    connection: AsyncConnection, number: int | None, fiscal_year: int | None
) -> list[ReleaseHead]:
    """The releases that are meant, the newest first: at least one. Raises NotFound."""
    found = [
        head
        for head in await releases.all_releases(connection)
        if number in (None, head.number) and fiscal_year in (None, head.fiscal_year)
    ]
    if not found:
        raise _none(number, fiscal_year)
    return found


async def open_release(connection: AsyncConnection, head: ReleaseHead) -> StoredRelease:
    """The release with all its figures."""
    found = await releases.by_number(connection, head.number)
    if found is None:
        raise _none(head.number, None)
    return found
