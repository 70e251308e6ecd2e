"""Blank the words of cases whose time is over; who did what, and when, stays."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.referral.storage import expiry
from shared.database import SERVICE, transaction
from shared.japanese_time import kept_since
from shared.messaging.forgetting import blank_letters
from shared.plan import Plan
from shared.web.idempotency import forget_answers


async def forget_words(engine: AsyncEngine, plan: Plan, now: datetime) -> None:
    """In the service's own tables; its log has no words."""
    before = kept_since(now, plan.retention_years)
    async with transaction(engine, SERVICE) as connection:
        await expiry.forget(connection, before)
        await blank_letters(connection, before)
        await forget_answers(connection, now)
