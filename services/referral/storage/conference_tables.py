"""The tables of conferences and support plans, beside those of cases."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.referral.storage.tables import metadata

conference = Table(
    "conference",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("convener", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("cancelled_at", DateTime(timezone=True)),
)

#: What was written about a conference, apart from its facts.
conference_words = Table(
    "conference_words",
    metadata,
    Column("conference_id", Uuid, primary_key=True),
    Column("minutes", Text),
    Column("cancel_reason", Text),
)

conference_agency = Table(
    "conference_agency",
    metadata,
    Column("conference_id", Uuid, primary_key=True),
    Column("agency", Text, primary_key=True),
    Column("place", SmallInteger, nullable=False),
    Index("conference_agency_agency", "agency"),
)

conference_case = Table(
    "conference_case",
    metadata,
    Column("conference_id", Uuid, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("place", SmallInteger, nullable=False),
    Index("conference_case_case", "case_id"),
)

#: A decision; `detail` holds codes, numbers and days only.
conference_decision = Table(
    "conference_decision",
    metadata,
    Column("conference_id", Uuid, primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("detail", JSONB, nullable=False),
)

#: A version of a case's plan: one waits at most, and one is in force at most.
support_plan = Table(
    "support_plan",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("version", SmallInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("review_on", Date, nullable=False),
    Column("drafted_by", Text, nullable=False),
    Column("drafted_at", DateTime(timezone=True), nullable=False),
    Column("adopted_at", DateTime(timezone=True)),
    Column("adopted_in", Uuid),
    Column("reviewed_at", DateTime(timezone=True)),
    Column("reviews", SmallInteger, nullable=False, server_default=text("0")),
    CheckConstraint(
        "state IN ('draft', 'adopted', 'reviewed', 'replaced')", name="support_plan_state"
    ),
    Index("support_plan_version", "case_id", "version", unique=True),
    Index(
        "support_plan_one_draft",
        "case_id",
        unique=True,
        postgresql_where=text("state = 'draft'"),
    ),
    Index(
        "support_plan_one_in_force",
        "case_id",
        unique=True,
        postgresql_where=text("state IN ('adopted', 'reviewed')"),
    ),
)

#: A goal in words; `score` is that of the newest review.
plan_goal = Table(
    "plan_goal",
    metadata,
    Column("plan_id", Uuid, primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("words", Text, nullable=False),
    Column("score", Text),
)

plan_role = Table(
    "plan_role",
    metadata,
    Column("plan_id", Uuid, primary_key=True),
    Column("goal", SmallInteger, primary_key=True),
    Column("place", SmallInteger, primary_key=True),
    Column("agency", Text, nullable=False),
    Column("words", Text, nullable=False),
)

#: Every review with its scores, goal number to code.
plan_review = Table(
    "plan_review",
    metadata,
    Column("plan_id", Uuid, primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("reviewed_at", DateTime(timezone=True), nullable=False),
    Column("conference_id", Uuid),
    Column("scores", JSONB, nullable=False),
)

__all__ = [
    "conference",
    "conference_agency",
    "conference_case",
    "conference_decision",
    "conference_words",
    "metadata",
    "plan_goal",
    "plan_review",
    "plan_role",
    "support_plan",
]
