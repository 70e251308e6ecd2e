"""A fiscal year's flows by month, district, age band or desk."""

from collections import defaultdict
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.storage.rules import LIVE
from services.metrics.storage.tables import contribution as table

By = Literal["month", "district", "age_band", "desk"]
_KEYS: dict[By, ColumnElement[Any]] = {
    "month": func.to_char(table.c.day, "YYYY-MM"),
    "district": table.c.district,
    "age_band": table.c.age_band,
    "desk": table.c.desk,
}


async def flows_by(
    connection: AsyncConnection, year: int, by: By, *, with_shielded: bool
) -> dict[str, dict[str | None, Decimal]]:
    """The sums of the year's flows: indicator to key to sum. None: the fact does not say.

    Consultations about violence are in no published breakdown but that by month.
    """
    key = _KEYS[by].label("key")
    query = (
        select(table.c.indicator, key, func.sum(table.c.quantity))
        .where(LIVE, table.c.fiscal_year == year, table.c.role == "flow")
        .group_by(table.c.indicator, key)
    )
    if not with_shielded:
        query = query.where(table.c.shielded.is_(False))
    sums: dict[str, dict[str | None, Decimal]] = defaultdict(dict)
    for indicator, found, total in await connection.execute(query):
        sums[indicator][found] = total
    return sums
