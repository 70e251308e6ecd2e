"""Facts by their ids: loaded for a batch, folded, and stored again."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Table, select, union
from sqlalchemy.dialects.postgresql import Insert
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


#: The columns of each kind, in the order of its fields.
_COLUMNS = {
    kind: [table.c[name] for name in kind.__dataclass_fields__] for kind, table in _TABLES.items()
}
#: The one field of a kind that is a list.
_LISTS = {ConsultationFact: "topics", ConferenceFact: "agencies"}


_NOTE = {
    table.name: insert_rows(table, table.columns.keys()).on_conflict_do_nothing()
    for table in (holder_change, unmet_need, case_change)
}


def _made(kind: type[Any], rows: Iterable[Sequence[Any]]) -> Iterator[Any]:
    listed = _LISTS.get(kind)
    if listed is None:
        for row in rows:
            yield kind(*row)
        return
    place = list(kind.__dataclass_fields__).index(listed)
    for row in rows:
        yield kind(*row[:place], tuple(row[place]), *row[place + 1 :])


async def load(
    connection: AsyncConnection, kind: type[AnyFact], ids: Iterable[UUID]
) -> dict[UUID, AnyFact]:
    """The facts of this kind with these ids."""
    wanted = list(ids)
    if not wanted:
        return {}
    query = select(*_COLUMNS[kind]).where(among(_TABLES[kind].c.id, wanted))
    rows = (await connection.execute(query)).all()
    return {fact.id: fact for fact in _made(kind, rows)}


async def subjects_after(
    connection: AsyncConnection, kind: type[Fact], last: UUID | None, most: int
) -> list[UUID]:
    """The next ids that facts of this kind are counted under, in their order.

    A consultation's id may be known from its legs alone.
    """
    sources = [_TABLES[kind].c.id]
    if kind is ConsultationFact:
        sources.append(leg_fact.c.consultation_id)
    found = []
    for source in sources:
        query = select(source.label("id")).distinct().order_by(source).limit(most)
        found.append(query if last is None else query.where(source > last))
    ids = union(*(query.subquery().select() for query in found)).subquery()
    rows = await connection.execute(select(ids.c.id).order_by(ids.c.id).limit(most))
    return list(rows.scalars())


async def legs_of_consultations(
    connection: AsyncConnection, ids: Iterable[UUID]
) -> dict[UUID, list[LegFact]]:
    """The legs by consultation."""
    chosen = among(leg_fact.c.consultation_id, ids)
    query = select(*_COLUMNS[LegFact]).where(chosen).order_by(leg_fact.c.id)
    found: dict[UUID, list[LegFact]] = {}
    for leg in _made(LegFact, (await connection.execute(query)).all()):
        found.setdefault(leg.consultation_id, []).append(leg)
    return found


async def store(connection: AsyncConnection, facts: Sequence[Fact]) -> None:
    """Store facts of one kind, each id once, over what was known of them."""
    if facts:
        await connection.execute(
            _STORE[type(facts[0])], {"rows": to_json(facts, exclude_none=True).decode()}
        )


async def note_holders(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Store changes of holders."""
    if rows:
        await connection.execute(_NOTE[holder_change.name], {"rows": to_json(rows).decode()})


async def note_case_changes(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Store what happened to cases."""
    if rows:
        await connection.execute(_NOTE[case_change.name], {"rows": to_json(rows).decode()})


async def note_unmet(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Store unmet needs."""
    if rows:
        await connection.execute(_NOTE[unmet_need.name], {"rows": to_json(rows).decode()})
