"""Delete settled dead letters whose time is over: their events are the only words here."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.database import SERVICE, transaction
from shared.japanese_time import kept_since
from shared.messaging.forgetting import forget_ended_letters
from shared.plan import Plan
from shared.web.idempotency import forget_answers


async def forget_words(engine: AsyncEngine, plan: Plan, now: datetime) -> bool:
    """Never says that more waits."""
    async with transaction(engine, SERVICE) as connection:
        await forget_ended_letters(connection, kept_since(now, plan.retention_years))
        await forget_answers(connection, now)
    return False
