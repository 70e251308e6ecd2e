"""The tables of releases: what was published, and the exact figures that must stay hidden."""

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, SmallInteger, Table, Text, Uuid

from services.metrics.storage.tables import metadata

#: Rows are written once: a trigger refuses changes, and the runtime role has no right to them.
#: `document` is the canonical JSON, exactly as it was hashed.
release = Table(
    "release",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("period", Text, nullable=False),
    Column("fiscal_year", SmallInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", Uuid, nullable=False),
    Column("previous", Integer, ForeignKey("release.number"), unique=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("document", Text, nullable=False),
    Index("release_period", "period", "number"),
    Index("release_year", "fiscal_year", "number"),
)

#: The exact figures behind a release, as JSON. Only the use case that makes the next release
#: reads them, to see what both together would tell; no output does.
release_exact = Table(
    "release_exact",
    metadata,
    Column("number", Integer, ForeignKey("release.number"), primary_key=True, autoincrement=False),
    Column("figures", Text, nullable=False),
)

__all__ = ["metadata", "release", "release_exact"]
