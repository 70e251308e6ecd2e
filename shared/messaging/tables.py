"""The tables of the log; every service keeps them in its own database."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

metadata = MetaData()

#: The log. `position` is dense per partition (1, 2, 3, …), given by the relay after commit.
outbox = Table(
    "outbox",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("partition", SmallInteger, nullable=False),
    Column("position", BigInteger),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("subject", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Index("outbox_position", "partition", "position", unique=True),
    Index("outbox_waiting", "partition", "number", postgresql_where=text("position IS NULL")),
    Index("outbox_subject", "subject"),
)

#: The events that this service has applied, once each, whatever is delivered twice.
inbox = Table(
    "inbox",
    metadata,
    Column("event_id", Uuid, primary_key=True),
)

#: How far this service has read each stream without a hole; the truth that Redis groups follow.
#: `happened_at` is when the last event happened that it could read there.
stream_cursor = Table(
    "stream_cursor",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("position", BigInteger, nullable=False, server_default=text("0")),
    Column("happened_at", DateTime(timezone=True)),
    CheckConstraint("position >= 0", name="stream_cursor_position"),
)

#: Events that could not be applied (`failed`), and those waiting behind them (`parked`).
dead_letter = Table(
    "dead_letter",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("stream", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("event_id", Uuid),
    Column("subject", Uuid),
    Column("event", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("since", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("ended_at", DateTime(timezone=True)),
    CheckConstraint(
        "state IN ('failed', 'parked', 'replayed', 'discarded')", name="dead_letter_state"
    ),
    Index("dead_letter_place", "stream", "position", unique=True),
    Index(
        "dead_letter_open",
        "subject",
        "position",
        postgresql_where=text("state IN ('failed', 'parked')"),
    ),
)
