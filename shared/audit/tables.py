"""The table of the audit trail; each of the four databases keeps its own."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)

metadata = MetaData()

#: `position` (1, 2, 3, …), `previous` and `hash` come after commit, from whoever chains.
audit = Table(
    "audit",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("act", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("ground", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("who_id", Uuid),
    Column("role", Text, nullable=False),
    Column("agency", Text),
    Column("kind", Text),
    Column("record", Text),
    Column("trace", Text),
    Column("position", BigInteger),
    Column("previous", LargeBinary),
    Column("hash", LargeBinary),
    CheckConstraint("num_nonnulls(position, previous, hash) IN (0, 3)", name="audit_chained"),
    Index("audit_place", "position", unique=True),
    Index("audit_unchained", "id", postgresql_where=text("position IS NULL")),
    Index("audit_at", "at", "id"),
    Index("audit_of_who", "who", "at"),
    Index("audit_of_record", "record", postgresql_where=text("record IS NOT NULL")),
)
