"""The tables of the intake database, beside those of the log."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

#: A consultation as it stands; earlier revisions are in `revision`.
consultation = Table(
    "consultation",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("desk", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("cancelled", Boolean, nullable=False, server_default=text("false")),
    Column("fiscal_year", SmallInteger, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("caller", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("anonymous", Boolean, nullable=False),
    Column("repeat", Boolean, nullable=False),
    Column("age_band", Text, nullable=False),
    Column("sex", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("household", Text, nullable=False),
    Column("topics", ARRAY(Text), nullable=False),
    Column("main_topic", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("response", Text, nullable=False),
    Column("case_id", Uuid),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("memo_deleted_at", DateTime(timezone=True)),
    Index("consultation_desk", "desk", text("received_at DESC"), text("id DESC")),
    Index("consultation_case", "case_id", postgresql_where=text("case_id IS NOT NULL")),
    Index(
        "consultation_like",
        *("desk", "main_topic", "district", "household", "age_band", "sex"),
        text("received_at DESC"),
        postgresql_where=text("case_id IS NOT NULL AND NOT cancelled"),
    ),
)

#: The memo never leaves this table: not into events, logs or read models.
memo = Table(
    "memo",
    metadata,
    Column("consultation_id", Uuid, primary_key=True),
    Column("body", Text, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
)

#: What a record said before it was corrected or cancelled, who changed it and why.
revision = Table(
    "revision",
    metadata,
    Column("record_id", Uuid, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("facts", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

#: A case that was opened at a counter, and the code that brings the person to it.
handover = Table(
    "handover",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("desk", Text, nullable=False),
    Column("consultation_id", Uuid, nullable=False),
    Column("issued_at", DateTime(timezone=True), nullable=False),
)

#: Where each leg stands, as the referral service last told.
leg_standing = Table(
    "leg_standing",
    metadata,
    Column("referral_id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("sender", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("lead", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("reason", Text),
    Column("outcome", Text),
    Index("leg_standing_case", "case_id"),
)

#: When a case ended, as the referral service last told; null once it is open again.
case_end = Table(
    "case_end",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("ended_at", DateTime(timezone=True)),
)

activity = Table(
    "activity",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("desk", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("cancelled", Boolean, nullable=False, server_default=text("false")),
    Column("fiscal_year", SmallInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("district", Text),
    Column("quantity", Integer, nullable=False),
    Column("attendance", Integer),
    Column("amount", BigInteger),
    Column("note", Text),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index("activity_desk", "desk", text("held_on DESC"), text("id DESC")),
)

figure = Table(
    "figure",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("desk", Text),
    Column("revision", Integer, nullable=False),
    Column("cancelled", Boolean, nullable=False, server_default=text("false")),
    Column("fiscal_year", SmallInteger, nullable=False),
    Column("indicator", Text, nullable=False),
    Column("part", Text),
    Column("as_of", Date, nullable=False),
    Column("value", Numeric),
    Column("numerator", Numeric),
    Column("denominator", Numeric),
    Column("state", Text),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index(
        "figure_day",
        "indicator",
        text("coalesce(part, '')"),
        "as_of",
        unique=True,
        postgresql_where=text("NOT cancelled"),
    ),
)
