"""The facts of hand-offs: legs by their offer, and needs that nobody could meet."""

from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.facts import LegFact
from services.metrics.domain.flow import UnmetNeed
from services.metrics.storage.tables import consultation_fact, leg_fact, unmet_need
from shared.japanese_time import JST, last_day_of


def _days(year: int) -> tuple[datetime, datetime]:
    """The first moment of a fiscal year in Japan, and the first one after it."""
    begins = datetime.combine(date(year, 4, 1), time(), JST)
    ends = datetime.combine(last_day_of(year), time.max, JST)
    return begins.astimezone(UTC), ends.astimezone(UTC)


async def legs_offered(connection: AsyncConnection, year: int) -> list[LegFact]:
    """The legs whose newest offer was in the fiscal year; void ones have none."""
    begins, ends = _days(year)
    query = select(leg_fact).where(leg_fact.c.offered_at.between(begins, ends))
    rows = (await connection.execute(query)).mappings()
    return [LegFact(**row) for row in rows]


async def needs_unmet(connection: AsyncConnection, year: int) -> list[UnmetNeed]:
    """The unmet needs of the fiscal year, of consultations that still stand."""
    begins, ends = _days(year)
    query = (
        select(unmet_need.c.happened_at, consultation_fact.c.main_topic, consultation_fact.c.topics)
        .join(consultation_fact, consultation_fact.c.id == unmet_need.c.consultation_id)
        .where(
            unmet_need.c.happened_at.between(begins, ends),
            consultation_fact.c.cancelled.is_(False),
        )
    )
    return [
        UnmetNeed(row.happened_at, row.main_topic, tuple(row.topics))
        for row in await connection.execute(query)
    ]
