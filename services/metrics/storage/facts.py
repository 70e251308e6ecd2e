"""Facts by their ids: loaded for a batch, folded, and stored again."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.facts import ActivityFact, ConsultationFact, FigureFact, LegFact
from services.metrics.storage.tables import (
    activity_fact,
    consultation_fact,
    figure_fact,
    holder_change,
    leg_fact,
    unmet_need,
)

AnyFact = TypeVar("AnyFact", ConsultationFact, LegFact, ActivityFact, FigureFact)
Fact = ConsultationFact | LegFact | ActivityFact | FigureFact
_TABLES: dict[type[Fact], Table] = {
    ConsultationFact: consultation_fact,
    LegFact: leg_fact,
    ActivityFact: activity_fact,
    FigureFact: figure_fact,
}


def _made(kind: type[Any], row: Any) -> Any:
    values = dict(row)
    if "topics" in values:
        values["topics"] = tuple(values["topics"])
    return kind(**values)


async def load(
    connection: AsyncConnection, kind: type[AnyFact], ids: Iterable[UUID]
) -> dict[UUID, AnyFact]:
    """The facts of this kind with these ids."""
    table = _TABLES[kind]
    query = select(table).where(table.c.id.in_(list(ids)))
    rows = (await connection.execute(query)).mappings()
    return {row["id"]: _made(kind, row) for row in rows}


async def legs_of_consultations(
    connection: AsyncConnection, ids: Iterable[UUID]
) -> dict[UUID, list[LegFact]]:
    """The legs by consultation."""
    query = (
        select(leg_fact).where(leg_fact.c.consultation_id.in_(list(ids))).order_by(leg_fact.c.id)
    )
    found: dict[UUID, list[LegFact]] = {}
    for row in (await connection.execute(query)).mappings():
        found.setdefault(row["consultation_id"], []).append(LegFact(**row))
    return found


async def store(connection: AsyncConnection, facts: Sequence[Fact]) -> None:
    """Store facts of one kind over what was known of them."""
    if not facts:
        return
    table = _TABLES[type(facts[0])]
    rows = [asdict(fact) for fact in facts]
    for row in rows:
        if "topics" in row:
            row["topics"] = list(row["topics"])
    statement = insert(table)
    names = [name for name in rows[0] if name != "id"]
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[table.c.id],
            set_={name: statement.excluded[name] for name in names},
        ),
        rows,
    )


async def note_holders(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Store changes of holders."""
    if rows:
        await connection.execute(insert(holder_change).on_conflict_do_nothing(), list(rows))


async def note_unmet(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Store unmet needs."""
    if rows:
        await connection.execute(insert(unmet_need).on_conflict_do_nothing(), list(rows))
