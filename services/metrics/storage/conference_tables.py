"""The table of conferences, beside those of the other facts."""

from sqlalchemy import ARRAY, Boolean, Column, Date, Table, Text, Uuid

from services.metrics.storage.tables import metadata

conference_fact = Table(
    "conference_fact",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("cancelled", Boolean, nullable=False),
    Column("kind", Text, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("convener", Text, nullable=False),
    Column("agencies", ARRAY(Text), nullable=False),
)

__all__ = ["conference_fact", "metadata"]
