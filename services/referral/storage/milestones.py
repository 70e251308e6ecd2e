"""Reported states, as intake told: which sharing bases the law offers depends on them."""

from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.storage.milestone_tables import milestone


async def note(
    connection: AsyncConnection,
    *,
    figure_id: UUID,
    indicator: str,
    as_of: date,
    state: str,
    revision: int,
) -> None:
    """Store what a figure says now; an older revision never replaces a newer one."""
    statement = insert(milestone).values(
        figure_id=figure_id, indicator=indicator, as_of=as_of, state=state, revision=revision
    )
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[milestone.c.figure_id],
            set_={name: statement.excluded[name] for name in ("as_of", "state", "revision")},
            where=milestone.c.revision < statement.excluded.revision,
        )
    )


async def cancel(connection: AsyncConnection, figure_id: UUID, revision: int) -> None:
    """Mark a figure as cancelled: its state was never reached."""
    await connection.execute(
        update(milestone)
        .where(milestone.c.figure_id == figure_id, milestone.c.revision < revision)
        .values(cancelled=True, revision=revision)
    )


async def last_states(connection: AsyncConnection, today: date) -> dict[str, str]:
    """The last state of each indicator on this day."""
    query = (
        select(milestone.c.indicator, milestone.c.state)
        .where(~milestone.c.cancelled, milestone.c.as_of <= today)
        .order_by(milestone.c.as_of)  # the last of each indicator stays in the mapping
    )
    return {row.indicator: row.state for row in await connection.execute(query)}
