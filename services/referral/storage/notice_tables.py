"""The tables of notifications: who was told, who has read it, and how it left the house."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from services.referral.storage.tables import metadata

#: One for each event and recipient. Numbers are given in the order of commits.
notification = Table(
    "notification",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("agency", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("case_id", Uuid, nullable=False),
    Column("referral_id", Uuid),
    Column("happened_at", DateTime(timezone=True), nullable=False),
    Column("told_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("event_id", "agency", name="notification_once"),
    Index("notification_agency", "agency", "number"),
    Index("notification_case", "case_id"),
)

#: What an account has read one by one, beyond its mark.
notification_read = Table(
    "notification_read",
    metadata,
    Column("account", Uuid, primary_key=True),
    Column("number", BigInteger, primary_key=True),
)

#: Up to which number an account has read everything.
notification_mark = Table(
    "notification_mark",
    metadata,
    Column("account", Uuid, primary_key=True),
    Column("upto", BigInteger, nullable=False),
)

#: The administrator's address of each agency that wants mail.
agency_channel = Table(
    "agency_channel",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("email", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("changed_by", Text, nullable=False),
)

#: Machines that an agency wants told. The secret signs, so it is kept as it is.
webhook = Table(
    "webhook",
    metadata,
    Column("name", Text, primary_key=True),
    Column("agency", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("changed_by", Text, nullable=False),
    Index("webhook_agency", "agency"),
)

#: One notification on one channel to one target. `charge` is the agency that sees a failure.
delivery = Table(
    "delivery",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, ForeignKey("notification.number"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("charge", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("next_at", DateTime(timezone=True)),
    Column("error", Text),
    Column("done_at", DateTime(timezone=True)),
    Column("done_by", Text),
    UniqueConstraint("number", "channel", "target", name="delivery_once"),
    CheckConstraint("channel IN ('mail', 'webhook', 'paper')", name="delivery_channel"),
    CheckConstraint("state IN ('waiting', 'sending', 'done', 'failed')", name="delivery_state"),
    Index(
        "delivery_due",
        "channel",
        "next_at",
        postgresql_where=text("state IN ('waiting', 'sending')"),
    ),
    Index("delivery_open", "charge", postgresql_where=text("state <> 'done'")),
)
