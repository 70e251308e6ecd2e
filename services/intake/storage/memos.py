"""Memos, in the one table that holds them, and who said that a memo names nobody."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, MetaData, SmallInteger, Table, Text, Uuid, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.storage.tables import consultation, memo

metadata = MetaData()

#: Somebody looked at what might be names in a memo and said that they are none: never which.
memo_confirmation = Table(
    "memo_confirmation",
    metadata,
    Column("consultation_id", Uuid, primary_key=True),
    Column("confirmed_at", DateTime(timezone=True), nullable=False),
    Column("confirmed_by", Text, nullable=False),
    Column("places", SmallInteger, nullable=False),
)


async def add_memo(
    connection: AsyncConnection, consultation_id: UUID, body: str, now: datetime
) -> None:
    """Store the memo, in the one table that holds memos."""
    await connection.execute(
        insert(memo).values(consultation_id=consultation_id, body=body, written_at=now)
    )


async def add_confirmation(
    connection: AsyncConnection, consultation_id: UUID, places: int, by: str, now: datetime
) -> None:
    """Store that so many places of the memo were said to be no names, without the text."""
    await connection.execute(
        insert(memo_confirmation).values(
            consultation_id=consultation_id, places=places, confirmed_by=by, confirmed_at=now
        )
    )


async def memo_of(connection: AsyncConnection, consultation_id: UUID) -> str | None:
    """The memo of a consultation, None without one."""
    query = select(memo.c.body).where(memo.c.consultation_id == consultation_id)
    return (await connection.execute(query)).scalar_one_or_none()


async def when_deleted(connection: AsyncConnection, consultation_id: UUID) -> datetime | None:
    """When the memo of a consultation was deleted; None if it was not, or never written."""
    query = select(consultation.c.memo_deleted_at).where(consultation.c.id == consultation_id)
    found: datetime | None = (await connection.execute(query)).scalar_one_or_none()
    return found
