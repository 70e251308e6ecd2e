"""All tables of the metrics database, for its migrations: every module that declares some."""

from services.metrics.storage import conference_tables, release_tables, rule_tables, tables

__all__ = ["conference_tables", "metadata", "release_tables", "rule_tables"]

metadata = tables.metadata
