"""Why a desk chose an agency that the plan does not name: its own record of the hand-over."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, MetaData, Table, Text, Uuid, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

metadata = MetaData()

#: Words for the desk alone: they are in no event.
override = Table(
    "override",
    metadata,
    Column("consultation_id", Uuid, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
)


async def keep(
    connection: AsyncConnection, consultation_id: UUID, reason: str, now: datetime
) -> None:
    """Store why the plan was not followed in the referral of this consultation."""
    values = {"consultation_id": consultation_id, "reason": reason, "written_at": now}
    await connection.execute(insert(override).values(values))


async def of_consultation(connection: AsyncConnection, consultation_id: UUID) -> str | None:
    """That reason, None where nobody had to give one."""
    query = select(override.c.reason).where(override.c.consultation_id == consultation_id)
    return (await connection.execute(query)).scalar_one_or_none()
