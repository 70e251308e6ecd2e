"""The tables of the metrics database, beside those of the log."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
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

metadata = MetaData()

consultation_fact = Table(
    "consultation_fact",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("desk", Text, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("caller", Text, nullable=False),
    Column("age_band", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("topics", ARRAY(Text), nullable=False),
    Column("main_topic", Text, nullable=False),
    Column("response", Text, nullable=False),
)

leg_fact = Table(
    "leg_fact",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("consultation_id", Uuid, nullable=False),
    Column("case_id", Uuid, nullable=False),
    Column("sender", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("lead", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("offered_at", DateTime(timezone=True)),
    Column("accepted_at", DateTime(timezone=True)),
    Column("closed_at", DateTime(timezone=True)),
    Column("outcome", Text),
    Column("returns", SmallInteger, nullable=False, server_default=text("0")),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("overdue_at", DateTime(timezone=True)),
    Index("leg_fact_consultation", "consultation_id"),
)

activity_fact = Table(
    "activity_fact",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("desk", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("district", Text),
    Column("quantity", Integer, nullable=False),
    Column("attendance", Integer),
    Column("amount", BigInteger),
)

figure_fact = Table(
    "figure_fact",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("indicator", Text, nullable=False),
    Column("part", Text),
    Column("as_of", Date, nullable=False),
    Column("value", Numeric),
    Column("numerator", Numeric),
    Column("denominator", Numeric),
    Column("state", Text),
)

#: Who became accountable when, for the figures of hand-offs.
holder_change = Table(
    "holder_change",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("previous", Text),
    Column("holder", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("happened_at", DateTime(timezone=True), nullable=False),
)

#: Needs that nobody could meet (制度の狭間), for the figures of hand-offs.
unmet_need = Table(
    "unmet_need",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("consultation_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("agency", Text),
    Column("happened_at", DateTime(timezone=True), nullable=False),
)

#: What happened to cases: ended, open again, undone, escalated, or a term that ran out.
case_change = Table(
    "case_change",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("clock", Text),
    Column("agency", Text),
    Column("outcome", Text),
    Column("ended_by", Text),
    Column("happened_at", DateTime(timezone=True), nullable=False),
    Index("case_change_case", "case_id"),
)

#: One fact's share in one indicator.
contribution = Table(
    "contribution",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("subject", Uuid, nullable=False),
    Column("indicator", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("fiscal_year", SmallInteger, nullable=False),
    Column("day", Date, nullable=False),
    Column("part", Text),
    Column("quantity", Numeric),
    Column("numerator", Numeric),
    Column("denominator", Numeric),
    Column("state", Text),
    Column("desk", Text),
    Column("district", Text),
    Column("age_band", Text),
    Column("rule_version", SmallInteger, nullable=False),
    Column("shielded", Boolean, nullable=False),
    Index("contribution_subject", "subject"),
    Index("contribution_year", "fiscal_year", "indicator"),
    Index(
        "contribution_reported",
        "indicator",
        "day",
        postgresql_where=text("role = 'reported'"),
    ),
)
