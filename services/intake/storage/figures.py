"""Reported figures: one for each indicator, part and day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.domain.figure import FigureFacts
from services.intake.storage import visibility
from services.intake.storage.tables import figure

FACT_NAMES = tuple(FigureFacts.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it stands; `desk` is None when a manager reported it."""

    id: UUID
    desk: str | None
    revision: int
    facts: FigureFacts
    cancelled: bool


def _values(record: Figure) -> dict[str, Any]:
    facts = {name: getattr(record.facts, name) for name in FACT_NAMES}
    return facts | {
        "fiscal_year": record.facts.fiscal_year,
        "revision": record.revision,
        "cancelled": record.cancelled,
    }


async def add(
    connection: AsyncConnection, record: Figure, *, recorded_by: str, now: datetime
) -> None:
    """Store a new figure. The index on indicator, part and day refuses a second one."""
    values = _values(record) | {"id": record.id, "desk": record.desk}
    await connection.execute(
        insert(figure).values(values | {"recorded_by": recorded_by, "recorded_at": now})
    )


async def of_day(connection: AsyncConnection, facts: FigureFacts) -> UUID | None:
    """The figure that stands for this indicator, part and day."""
    query = select(figure.c.id).where(
        figure.c.indicator == facts.indicator,
        func.coalesce(figure.c.part, "") == (facts.part or ""),
        figure.c.as_of == facts.as_of,
        ~figure.c.cancelled,
    )
    return (await connection.execute(query)).scalar_one_or_none()


async def find(
    connection: AsyncConnection, figure_id: UUID, desk: str | None, *, lock: bool = False
) -> Figure | None:
    """A figure of this desk (None: reported by managers), as if others were not there."""
    mine = visibility.written_by(desk, figure.c.desk)
    query = select(figure).where(figure.c.id == figure_id, mine)
    if lock:
        query = query.with_for_update()
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    facts = FigureFacts(**{name: row[name] for name in FACT_NAMES})
    return Figure(row["id"], row["desk"], row["revision"], facts, row["cancelled"])


async def last_states(connection: AsyncConnection, today: date) -> dict[str, str]:
    """The last state of each milestone on this day, whoever reported it."""
    query = (
        select(figure.c.indicator, figure.c.state)
        .where(figure.c.state.is_not(None), ~figure.c.cancelled, figure.c.as_of <= today)
        .order_by(figure.c.as_of)  # the last of each indicator stays in the mapping
    )
    return {row.indicator: row.state for row in await connection.execute(query)}


async def change(connection: AsyncConnection, record: Figure) -> None:
    """Store a figure's newest revision over the one before."""
    await connection.execute(update(figure).where(figure.c.id == record.id).values(_values(record)))
