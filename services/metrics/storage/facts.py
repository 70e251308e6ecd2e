"""Facts by their ids: loaded for a batch, folded, and stored again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Table, select, union, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.facts import (
    ActivityFact,
    ConferenceFact,
    ConsultationFact,
    FigureFact,
    LegFact,
)
from services.metrics.storage.conference_tables import conference_fact
from services.metrics.storage.tables import (
    activity_fact,
    case_change,
    consultation_fact,
    figure_fact,
    holder_change,
    leg_fact,
    unmet_need,
)
from shared.database import among, insert_rows

AnyFact = TypeVar("AnyFact", ConsultationFact, LegFact, ActivityFact, ConferenceFact, FigureFact)
Fact = ConsultationFact | LegFact | ActivityFact | ConferenceFact | FigureFact
_TABLES: dict[type[Fact], Table] = {
    ConsultationFact: consultation_fact,
    LegFact: leg_fact,
    ActivityFact: activity_fact,
    ConferenceFact: conference_fact,
    FigureFact: figure_fact,
}


def _store_statement(table: Table) -> Insert:
    names = [str(column.name) for column in table.columns]
    statement = insert_rows(table, names)
    changes = {name: statement.excluded[name] for name in names if name != "id"}
    return statement.on_conflict_do_update(index_elements=[table.c.id], set_=changes)


_STORE = {kind: _store_statement(table) for kind, table in _TABLES.items()}


def _made(kind: type[Any], row: Any) -> Any:
    lists = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    return kind(**{**row, **lists})


async def load(
    connection: AsyncConnection, kind: type[AnyFact], ids: Iterable[UUID]
) -> dict[UUID, AnyFact]:
    """The facts of this kind with these ids."""
    table, wanted = _TABLES[kind], list(ids)
    if not wanted:
        return {}
    query = select(table).where(among(table.c.id, wanted))
    rows = (await connection.execute(query)).mappings()
    return {row["id"]: _made(kind, row) for row in rows}


async def subjects_after(
    connection: AsyncConnection, kind: type[Fact], last: UUID | None, most: int
) -> list[UUID]:
    """The next ids that facts of this kind are counted under, in their order.

    A consultation's id may be known from its legs alone.
    """
    column = _TABLES[kind].c.id
    query = select(column.label("id"))
    if kind is ConsultationFact:
        legs = select(leg_fact.c.consultation_id)
        if last is not None:
            query, legs = query.where(column > last), legs.where(leg_fact.c.consultation_id > last)
        ids = union(query, legs).subquery()
        found = select(ids.c.id).order_by(ids.c.id).limit(most)
        return list((await connection.execute(found)).scalars())
    if last is not None:
        query = query.where(column > last)
    return list((await connection.execute(query.order_by(column).limit(most))).scalars())


async def legs_of_consultations(
    connection: AsyncConnection, ids: Iterable[UUID]
) -> dict[UUID, list[LegFact]]:
    """The legs by consultation."""
    query = select(leg_fact).where(among(leg_fact.c.consultation_id, ids)).order_by(leg_fact.c.id)
    found: dict[UUID, list[LegFact]] = {}
    for row in (await connection.execute(query)).mappings():
        found.setdefault(row["consultation_id"], []).append(LegFact(**row))
    return found


async def store(connection: AsyncConnection, facts: Sequence[Fact]) -> None:
    """Store facts of one kind, each id once, over what was known of them."""
    if facts:
        await connection.execute(_STORE[type(facts[0])], {"rows": to_json(facts).decode()})


async def note_holders(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Store changes of holders."""
    if rows:
        await connection.execute(insert(holder_change).on_conflict_do_nothing(), list(rows))


async def note_case_changes(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Store what happened to cases."""
    if rows:
        await connection.execute(insert(case_change).on_conflict_do_nothing(), list(rows))


async def note_overdue(connection: AsyncConnection, overdue: Mapping[UUID, datetime]) -> None:
    """Store on legs when their term to answer ran out."""
    for leg_id, at in overdue.items():
        statement = update(leg_fact).where(leg_fact.c.id == leg_id).values(overdue_at=at)
        await connection.execute(statement)


async def note_unmet(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Store unmet needs."""
    if rows:
        await connection.execute(insert(unmet_need).on_conflict_do_nothing(), list(rows))
