"""Contributions: replaced by subject, summed by fiscal year by the rules in force."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import ColumnElement, RowMapping, delete, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.contribution import Contribution
from services.metrics.domain.values import Reported
from services.metrics.storage.rules import LIVE
from services.metrics.storage.tables import contribution as table
from shared.database import among

_NAMES = ", ".join(Contribution.__dataclass_fields__)
_INSERT = text(
    f"INSERT INTO contribution (fiscal_year, {_NAMES})"  # noqa: S608  names of our own columns
    f" SELECT date_part('year', day - interval '3 months'), {_NAMES} FROM"
    " json_populate_recordset(CAST(NULL AS contribution), CAST(:rows AS json))"
)


_COPY = f"COPY contribution (fiscal_year, {_NAMES}) FROM STDIN"
#: How COPY's text format writes what would end a value or a row.
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def _line(one: Contribution) -> str:
    values = (
        one.fiscal_year,
        one.subject,
        one.indicator,
        one.rule_version,
        one.role,
        one.day,
        one.shielded,
        one.part,
        one.quantity,
        one.numerator,
        one.denominator,
        None if one.state is None else one.state.translate(_ESCAPES),
        one.desk,
        one.district,
        one.age_band,
    )
    return "\t".join([r"\N" if value is None else str(value) for value in values]) + "\n"


async def add(connection: AsyncConnection, found: Sequence[Contribution]) -> None:
    """Add contributions of subjects that have none, with COPY. All texts but a state are codes."""
    raw: Any = (await connection.get_raw_connection()).driver_connection
    async with raw.cursor() as cursor, cursor.copy(_COPY) as copy:
        await copy.write("".join(map(_line, found)))


async def replace(
    connection: AsyncConnection,
    subjects: Collection[UUID],
    found: Sequence[Contribution],
    which: ColumnElement[bool] | None = None,
) -> None:
    """Put these contributions in the place of all that these subjects had, or of `which` alone."""
    if subjects:
        statement = delete(table).where(among(table.c.subject, subjects))
        await connection.execute(statement if which is None else statement.where(which))
    if found:
        rows = to_json(found, exclude_none=True).decode()
        await connection.execute(_INSERT, {"rows": rows})


async def flows_of_year(
    connection: AsyncConnection, year: int
) -> dict[str, dict[str | None, Decimal]]:
    """The sums of the year's flows: indicator to part to sum."""
    query = (
        select(table.c.indicator, table.c.part, func.sum(table.c.quantity))
        .where(LIVE, table.c.fiscal_year == year, table.c.role == "flow")
        .group_by(table.c.indicator, table.c.part)
    )
    sums: dict[str, dict[str | None, Decimal]] = defaultdict(dict)
    for indicator, part, total in await connection.execute(query):
        sums[indicator][part] = total
    return sums


async def districts_of_year(connection: AsyncConnection, year: int) -> dict[str, int]:
    """How many different districts the year's flows of each indicator name."""
    query = (
        select(table.c.indicator, func.count(table.c.district.distinct()))
        .where(LIVE, table.c.fiscal_year == year, table.c.role == "flow")
        .group_by(table.c.indicator)
    )
    rows = await connection.execute(query)
    return {row[0]: row[1] for row in rows}


def _reported(row: RowMapping) -> Reported:
    return Reported(
        row["part"],
        row["day"],
        row["quantity"],
        row["numerator"],
        row["denominator"],
        row["state"],
    )


async def latest_reports(
    connection: AsyncConnection, until: date
) -> dict[str, dict[str | None, Reported]]:
    """The newest report of each indicator and part, with its day on or before `until`."""
    query = (
        select(table)
        .where(LIVE, table.c.role == "reported", table.c.day <= until)
        .order_by(table.c.indicator, table.c.part, table.c.day.desc(), table.c.number.desc())
        .ext(distinct_on(table.c.indicator, table.c.part))
    )
    found: dict[str, dict[str | None, Reported]] = defaultdict(dict)
    for row in (await connection.execute(query)).mappings():
        found[row["indicator"]][row["part"]] = _reported(row)
    return found


async def reports_of_year(connection: AsyncConnection, year: int) -> dict[str, list[Reported]]:
    """Every report with its day in the year."""
    query = select(table).where(LIVE, table.c.role == "reported", table.c.fiscal_year == year)
    found: dict[str, list[Reported]] = defaultdict(list)
    for row in (await connection.execute(query)).mappings():
        found[row["indicator"]].append(_reported(row))
    return found


async def flow_between(
    connection: AsyncConnection, indicator: str, after: date, until: date
) -> Decimal:
    """The flow of an indicator after one day, up to and with another."""
    query = select(func.coalesce(func.sum(table.c.quantity), 0)).where(
        LIVE,
        table.c.indicator == indicator,
        table.c.role == "flow",
        table.c.day > after,
        table.c.day <= until,
    )
    return Decimal((await connection.execute(query)).scalar_one())
