"""The tables of the referral database, beside those of the log."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

_LIVE = "state IN ('offered', 'accepted', 'supporting')"

#: What the case needs of its consultation; kept only for consultations with a case.
consultation = Table(
    "consultation",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("desk", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("topics", ARRAY(Text), nullable=False),
    Column("urgency", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("cancelled", Boolean, nullable=False, server_default=text("false")),
    Index("consultation_case", "case_id"),
    Index("consultation_received", "received_at"),
)

#: A case. `holder` is never null: at every moment one agency is accountable.
case = Table(
    "support_case",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("consultation_id", Uuid, nullable=False),
    Column("code", Text),
    Column("desk", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'open'")),
    Column("escalated", Boolean, nullable=False, server_default=text("false")),
    Column("lead_returns", SmallInteger, nullable=False, server_default=text("0")),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("idle_since", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True)),
    Column("stopped_clocks", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("outcome", Text),
    Column("ended_by", Text),
    CheckConstraint("state IN ('open', 'completed', 'suspended', 'void')", name="case_state"),
    Index("case_holder", "holder"),
    Index("case_desk", "desk"),
)

leg = Table(
    "leg",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("sender", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("lead", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("authorised_by", Text, nullable=False),
    Column("offered_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("acted_at", DateTime(timezone=True), nullable=False),
    Column("accepted_at", DateTime(timezone=True)),
    Column("checked_at", DateTime(timezone=True)),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("continues", Uuid),
    Column("assigned_to", Uuid),
    Column("assigned_name", Text),
    Column("outcome", Text),
    Column("ended_by", Text),
    Column("contact_clocks", JSONB, nullable=False, server_default=text("'{}'")),
    Column("on_paper", Boolean, nullable=False, server_default=text("false")),
    Column("instead_of", Text),
    Column("consent_until", Date),
    Column("consent_withdrawn_at", DateTime(timezone=True)),
    Index("leg_case", "case_id"),
    Index("leg_inbox", "receiver", "due_at", "id", postgresql_where=text(_LIVE)),
    Index("leg_receiver", "receiver"),
    Index("leg_sender", "sender"),
    Index(
        "leg_one_open_lead",
        "case_id",
        unique=True,
        postgresql_where=text(f"lead AND {_LIVE} AND continues IS NULL"),
    ),
    Index(
        "leg_one_pending_hand_on",
        "continues",
        unique=True,
        postgresql_where=text("state = 'offered' AND continues IS NOT NULL"),
    ),
)

#: The terms that run. A row is gone when its term was met; `next_at` is when to look again.
clock = Table(
    "clock",
    metadata,
    Column("case_id", Uuid, nullable=False),
    Column("leg_id", Uuid),
    Column("kind", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("round", SmallInteger, nullable=False, server_default=text("1")),
    Column("half_at", DateTime(timezone=True)),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("next_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint(
        "case_id", "leg_id", "kind", name="clock_once", postgresql_nulls_not_distinct=True
    ),
    Index("clock_next", "next_at"),
)

#: Every act: when it happened and when it was typed in, by whom, and what it changed.
history = Table(
    "history",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("leg_id", Uuid),
    Column("action", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("detail", JSONB, nullable=False),
    Column("happened_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index("history_case", "case_id", "number"),
)

#: That an open page may show what is no more, where no act says so; gone some hours later.
stir = Table(
    "stir",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("agencies", ARRAY(Text), nullable=False),
    Column("stirred_at", DateTime(timezone=True), nullable=False),
)

#: Support contacts of accepted legs. The memo stays with the receiver.
contact = Table(
    "contact",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("leg_id", Uuid, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("kind", Text, nullable=False),
    Column("memo", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index("contact_leg", "leg_id"),
)
