"""Where live facts and contributions differ from those in the tables beside them."""

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.rebuilding import (
    Differences,
    FactDifference,
    FigureDifference,
    Share,
)
from services.metrics.storage.shadow import FACTS, SCHEMA

#: How many facts of each table are listed.
LISTED = 20

_KEYS = {table: "id" if table.endswith("_fact") else "event_id" for table in FACTS}
_FACTS = {
    table: text(
        f"""
        SELECT coalesce(live.{key}, rebuilt.{key}) AS id, count(*) OVER () AS in_all,
            CASE WHEN live.{key} IS NULL THEN 'live'
                WHEN rebuilt.{key} IS NULL THEN 'rebuilt' ELSE 'differs' END AS lack
        FROM public.{table} AS live
        FULL JOIN {SCHEMA}.{table} AS rebuilt ON rebuilt.{key} = live.{key}
        WHERE live.* IS DISTINCT FROM rebuilt.*
        ORDER BY 1 LIMIT :most
        """  # noqa: S608  names of our own tables
    )
    for table, key in _KEYS.items()
}
# `digest` is a sum over the records, so that it does not depend on their order.
_SUMS = """
    SELECT indicator, rule_version, fiscal_year, part, role, count(*) AS records,
        sum(quantity) AS quantity, sum(numerator) AS numerator, sum(denominator) AS denominator,
        sum(hash_record_extended(ROW(subject, day, quantity, numerator, denominator, state, desk,
            district, age_band, shielded), 0)) AS digest
    FROM {schema}.contribution AS c
    WHERE NOT EXISTS (
        SELECT FROM counting_rule AS r
        WHERE r.indicator = c.indicator AND r.version = c.rule_version
            AND r.state NOT IN ('active', 'ready'))
    GROUP BY indicator, rule_version, fiscal_year, part, role
"""
_FIGURES = text(
    f"""
    WITH live AS ({_SUMS.format(schema="public")}), rebuilt AS ({_SUMS.format(schema=SCHEMA)})
    SELECT coalesce(live.indicator, rebuilt.indicator) AS indicator,
        coalesce(live.rule_version, rebuilt.rule_version) AS rule_version,
        coalesce(live.fiscal_year, rebuilt.fiscal_year) AS fiscal_year,
        coalesce(live.part, rebuilt.part) AS part,
        live.records AS live_records, live.quantity AS live_quantity,
        live.numerator AS live_numerator, live.denominator AS live_denominator,
        rebuilt.records AS rebuilt_records, rebuilt.quantity AS rebuilt_quantity,
        rebuilt.numerator AS rebuilt_numerator, rebuilt.denominator AS rebuilt_denominator
    FROM live FULL JOIN rebuilt
        ON (live.indicator, live.rule_version, live.fiscal_year, coalesce(live.part, ''), live.role)
        = (rebuilt.indicator, rebuilt.rule_version, rebuilt.fiscal_year,
            coalesce(rebuilt.part, ''), rebuilt.role)
    WHERE (live.records, live.digest) IS DISTINCT FROM (rebuilt.records, rebuilt.digest)
    ORDER BY 1, 2, 3, 4 NULLS FIRST
    """  # noqa: S608  names of our own tables
)


def _share(row: Row[tuple[object, ...]], side: str) -> Share | None:
    words = row._mapping  # noqa: SLF001  SQLAlchemy's own name for it
    if words[f"{side}_records"] is None:
        return None
    names = ("records", "quantity", "numerator", "denominator")
    return Share(*(words[f"{side}_{name}"] for name in names))


async def differences(connection: AsyncConnection) -> Differences:
    """All of them, as this transaction sees both sides.

    Versions of rules that are still being counted, or removed, are passed over.
    """
    figures = [
        FigureDifference(
            row.indicator,
            row.rule_version,
            row.fiscal_year,
            row.part,
            _share(row, "live"),
            _share(row, "rebuilt"),
        )
        for row in await connection.execute(_FIGURES)
    ]
    facts: list[FactDifference] = []
    in_all = 0
    for table, query in _FACTS.items():
        rows = (await connection.execute(query, {"most": LISTED})).all()
        facts += [FactDifference(table, row.id, row.lack) for row in rows]
        in_all += rows[0].in_all if rows else 0
    return Differences(tuple(figures), tuple(facts), in_all)
