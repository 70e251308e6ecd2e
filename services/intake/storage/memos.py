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


async def memo_of(
    connection: AsyncConnection, consultation_id: UUID
) -> tuple[str | None, datetime | None]:
    """The memo of a consultation, and when it was deleted if it was; both None without one."""
    query = (
        select(memo.c.body, consultation.c.memo_deleted_at)
        .select_from(consultation.outerjoin(memo, memo.c.consultation_id == consultation.c.id))
        .where(consultation.c.id == consultation_id)
    )
    body, deleted_at = (await connection.execute(query)).one()
    return body, deleted_at
