"""Read releases: what was published stays readable under its number."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.storage import releases
from services.metrics.storage.releases import ReleaseHead, StoredRelease
from shared.errors import NotFound


async def list_releases(connection: AsyncConnection) -> list[ReleaseHead]:
    """All releases, the newest first."""
    return await releases.all_releases(connection)


async def read_release(connection: AsyncConnection, number: int) -> StoredRelease:
    """The release with this number. Raises NotFound."""
    found = await releases.by_number(connection, number)
    if found is None:
        raise NotFound("release-not-found", "この番号の公表版はありません。")
    return found


async def read_releases(
    connection: AsyncConnection, heads: Sequence[ReleaseHead]
) -> list[StoredRelease]:
    """The releases with these heads, the newest first."""
    return await releases.with_numbers(connection, [head.number for head in heads])
