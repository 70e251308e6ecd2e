"""Blank dead letters whose time is over, and delete kept answers: no other words are here."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.database import SERVICE, transaction
from shared.japanese_time import kept_since
from shared.messaging.forgetting import blank_letters
from shared.plan import Plan
from shared.web.idempotency import forget_answers


async def forget_words(engine: AsyncEngine, plan: Plan, now: datetime) -> None:
    """In one transaction."""
    async with transaction(engine, SERVICE) as connection:
        await blank_letters(connection, kept_since(now, plan.retention_years))
        await forget_answers(connection, now)
