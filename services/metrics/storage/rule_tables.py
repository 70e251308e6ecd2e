"""The table of the counting rules' versions, beside those of the facts."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Index,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.metrics.storage.tables import metadata

counting_rule = Table(
    "counting_rule",
    metadata,
    Column("indicator", Text, primary_key=True),
    Column("version", SmallInteger, primary_key=True),
    Column("state", Text, nullable=False),
    Column("rule", JSONB, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False),
    Column("counted_kind", SmallInteger, nullable=False, server_default=text("0")),
    Column("counted_id", Uuid),
    Column("switched_at", DateTime(timezone=True)),
    Column("switched_by", Uuid),
    CheckConstraint(
        "state IN ('counting', 'ready', 'active', 'leaving', 'past')", name="counting_rule_state"
    ),
    Index(
        "counting_rule_active", "indicator", unique=True, postgresql_where=text("state = 'active'")
    ),
    Index(
        "counting_rule_waiting",
        "indicator",
        unique=True,
        postgresql_where=text("state IN ('counting', 'ready')"),
    ),
)

__all__ = ["counting_rule", "metadata"]
