"""Delete memos and blank reasons whose time is over; the records and their figures stay."""

from collections.abc import Callable
from datetime import datetime

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from services.intake.storage import expiry
from shared.contracts.consultation import ReferralRequestedV1
from shared.database import SERVICE, transaction
from shared.japanese_time import kept_since
from shared.messaging.forgetting import blank_letters, forget_in_log
from shared.plan import Plan
from shared.web.idempotency import forget_answers


async def forget_words(
    engine: AsyncEngine, plan: Plan, connect: Callable[[], Redis], now: datetime
) -> None:
    """In the service's own tables, its log and its stream."""
    before = kept_since(now, plan.retention_years)
    async with transaction(engine, SERVICE) as connection:
        await expiry.forget(connection, before, now)
        await blank_letters(connection, before)
        await forget_answers(connection, now)
        await forget_in_log(connection, ReferralRequestedV1, expiry.finished(before), connect)
