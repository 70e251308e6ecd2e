"""What a release counts: every question has a last day, so that a closed period stays closed."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.published import Freshness
from services.metrics.domain.values import Reported
from services.metrics.storage.rules import LIVE
from services.metrics.storage.tables import contribution as table
from shared.messaging.tables import stream_cursor

#: Sums by part and key.
Sums = dict[tuple[str | None, str | None], Decimal]
By = Literal["month", "district", "age_band"]
_MONTH = func.to_char(table.c.day, "YYYY-MM")
_KEYS: dict[By, ColumnElement[str]] = {
    "month": _MONTH,
    "district": table.c.district,
    "age_band": table.c.age_band,
}


async def flows_until(
    connection: AsyncConnection, year: int, until: date, by: By
) -> dict[str, Sums]:
    """The year's flows to this day, by part and month, district or age band.

    Consultations about violence are left out of all but the months.
    """
    key = _KEYS[by].label("key")
    query = (
        select(table.c.indicator, table.c.part, key, func.sum(table.c.quantity))
        .where(LIVE, table.c.fiscal_year == year, table.c.role == "flow", table.c.day <= until)
        .group_by(table.c.indicator, table.c.part, key)
    )
    if by != "month":
        query = query.where(table.c.shielded.is_(False))
    found: dict[str, Sums] = defaultdict(dict)
    for indicator, part, value, total in await connection.execute(query):
        found[indicator][part, value] = total
    return found


async def districts_until(connection: AsyncConnection, year: int, until: date) -> dict[str, int]:
    """How many different districts each indicator's flows to this day name."""
    query = (
        select(table.c.indicator, func.count(table.c.district.distinct()))
        .where(LIVE, table.c.fiscal_year == year, table.c.role == "flow", table.c.day <= until)
        .group_by(table.c.indicator)
    )
    return {row[0]: row[1] for row in await connection.execute(query)}


async def reports_until(
    connection: AsyncConnection, year: int, until: date
) -> dict[str, list[Reported]]:
    """The year's reports to this day."""
    query = select(table).where(
        LIVE, table.c.role == "reported", table.c.fiscal_year == year, table.c.day <= until
    )
    found: dict[str, list[Reported]] = defaultdict(list)
    for row in (await connection.execute(query)).mappings():
        found[row["indicator"]].append(
            Reported(
                row["part"],
                row["day"],
                row["quantity"],
                row["numerator"],
                row["denominator"],
                row["state"],
            )
        )
    return found


async def freshness(connection: AsyncConnection) -> list[Freshness]:
    """As of which event each stream was counted."""
    query = select(stream_cursor).order_by(stream_cursor.c.stream)
    return [
        Freshness(stream=row.stream, position=row.position, happened_at=row.happened_at)
        for row in await connection.execute(query)
    ]


async def waiting_events(connection: AsyncConnection) -> int:
    """How many events could not be counted yet; whoever reads figures may know, and no more."""
    return int((await connection.execute(select(func.waiting_events()))).scalar_one())
