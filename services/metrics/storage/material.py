"""What one indicator's figures are made of, by the rule in force or by another version of it."""

from datetime import date

from sqlalchemy import ColumnElement, and_, case, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.records import Place, Record
from services.metrics.domain.series import Flow, Material
from services.metrics.domain.values import Reported
from services.metrics.storage.conference_tables import conference_fact
from services.metrics.storage.rules import LIVE
from services.metrics.storage.tables import activity_fact
from services.metrics.storage.tables import contribution as table
from shared.japanese_time import last_day_of


def live(indicator: str) -> ColumnElement[bool]:
    """An indicator's contributions by the rule in force."""
    return and_(table.c.indicator == indicator, LIVE)


async def of_year(
    connection: AsyncConnection, which: ColumnElement[bool], year: int, *, grows: bool
) -> Material:
    """The flows of a year and the reports up to its end; `grows`: the flows of before, too."""
    reports = (
        select(table)
        .where(which, table.c.role == "reported", table.c.day <= last_day_of(year))
        .order_by(table.c.day, table.c.number)
    )
    told = [
        Reported(one.part, one.day, one.quantity, one.numerator, one.denominator, one.state)
        for one in await connection.execute(reports)
    ]
    parts = (
        table.c.day,
        table.c.part,
        table.c.desk,
        table.c.district,
        table.c.age_band,
        table.c.shielded,
    )
    flows = (
        select(*parts, func.sum(table.c.quantity).label("quantity"))
        .where(which, table.c.role == "flow", *_days(year, told, grows=grows))
        .group_by(*parts)
        .order_by(*parts)
    )
    return Material([Flow(*row) for row in await connection.execute(flows)], told)


def _days(year: int, told: list[Reported], *, grows: bool) -> list[ColumnElement[bool]]:
    if not grows or not told:
        return [table.c.fiscal_year == year]
    before = max((one.as_of for one in told if one.as_of < date(year, 4, 1)), default=None)
    begins = date(year, 4, 1) if before is None else before
    return [table.c.day >= begins, table.c.day <= last_day_of(year)]


async def records_of_year(
    connection: AsyncConnection, indicator: str, year: int, after: Place | None, most: int
) -> list[Record]:
    """The records behind a figure, by the rule in force, by their days."""
    subject = table.c.subject
    kind = case(
        (table.c.role == "reported", "figure"),
        (exists().where(conference_fact.c.id == subject), "conference"),
        (exists().where(activity_fact.c.id == subject), "activity"),
        (table.c.part.is_not(None), "leg"),
        else_="consultation",
    ).label("kind")
    query = (
        select(
            table.c.number,
            subject,
            kind,
            table.c.day,
            table.c.desk,
            table.c.district,
            table.c.part,
            table.c.quantity,
            table.c.numerator,
            table.c.denominator,
            table.c.state,
        )
        .where(live(indicator), table.c.fiscal_year == year)
        .order_by(table.c.day, table.c.number)
        .limit(most)
    )
    if after is not None:
        behind = tuple_(table.c.day, table.c.number) > tuple_(after.day, after.number)
        query = query.where(behind)
    return [Record(*row) for row in await connection.execute(query)]
