"""All tables of the referral database, for its migrations: every module that declares some."""

from services.referral.storage import (
    agency_tables,
    conference_tables,
    milestone_tables,
    notice_tables,
    tables,
)

__all__ = ["agency_tables", "conference_tables", "metadata", "milestone_tables", "notice_tables"]

metadata = tables.metadata
