"""What a slip needs: where people were sent, what the case is about, and who chose to print it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, MetaData, SmallInteger, Table, Text, Uuid, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

metadata = MetaData()

#: The agencies that a counter asked for, so that the slip can name them at once.
asked_destination = Table(
    "asked_destination",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("agency", Text, primary_key=True),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("place", SmallInteger, nullable=False),
)

#: Who made sure with the person that a slip of a case about violence does no harm, and when.
slip_choice = Table(
    "slip_choice",
    metadata,
    Column("consultation_id", Uuid, primary_key=True),
    Column("chosen_at", DateTime(timezone=True), primary_key=True),
    Column("chosen_by", Text, nullable=False),
)


async def note_asked(
    connection: AsyncConnection, case_id: UUID, agencies: Sequence[str], now: datetime
) -> None:
    """Store where a counter sends the person."""
    if agencies:
        rows = [
            {"case_id": case_id, "agency": agency, "asked_at": now, "place": place}
            for place, agency in enumerate(agencies)
        ]
        await connection.execute(insert(asked_destination).values(rows).on_conflict_do_nothing())


async def asked_of(connection: AsyncConnection, case_id: UUID) -> list[str]:
    """The agencies that counters asked for in this case, in their order."""
    query = (
        select(asked_destination.c.agency)
        .where(asked_destination.c.case_id == case_id)
        .order_by(asked_destination.c.asked_at, asked_destination.c.place)
    )
    return list((await connection.execute(query)).scalars())


async def case_is_shielded(connection: AsyncConnection, case_id: UUID) -> bool:
    """Whether a consultation of a case, at whichever desk, even a cancelled one, says violence."""
    return bool(await connection.scalar(select(func.case_is_shielded(case_id))))


async def choose(
    connection: AsyncConnection, consultation_id: UUID, chosen_by: str, now: datetime
) -> None:
    """Store that somebody chose to print the slip."""
    values = {"consultation_id": consultation_id, "chosen_by": chosen_by, "chosen_at": now}
    await connection.execute(insert(slip_choice).values(values).on_conflict_do_nothing())


async def last_choice(connection: AsyncConnection, consultation_id: UUID) -> datetime | None:
    """When somebody last chose to print it."""
    query = select(func.max(slip_choice.c.chosen_at)).where(
        slip_choice.c.consultation_id == consultation_id
    )
    found: datetime | None = (await connection.execute(query)).scalar_one_or_none()
    return found
