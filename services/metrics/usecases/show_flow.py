"""The flow of hand-offs of a fiscal year, exact, for managers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.flow import FlowCounts, flow_of, unmet_by_topic
from services.metrics.storage import flow


@dataclass(frozen=True, slots=True)
class ShownFlow:
    """Hand-offs by agency and month, and unmet needs by topic (without those about violence)."""

    lines: Mapping[tuple[str, str], FlowCounts]
    unmet: Mapping[str, int]


async def show_flow(connection: AsyncConnection, year: int, today: date) -> ShownFlow:
    """What became of the year's offers so far."""
    lines = flow_of(await flow.legs_offered(connection, year), year, today)
    needs = unmet_by_topic(await flow.needs_unmet(connection, year), year, today)
    return ShownFlow(lines, {topic: sum(months.values()) for topic, months in needs.items()})
