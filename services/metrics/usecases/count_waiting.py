"""How many events wait: kept among the dead letters, so that figures may lack what they say."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.storage import closing


async def count_waiting(connection: AsyncConnection) -> int:
    """The events that could not be counted yet; an administrator has them tried again."""
    return await closing.waiting_events(connection)
