"""Row-level security: the database refuses what a query forgets."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Show cases to their parties, and each table by its case, its agency or its account."""
    execute_file(Path(__file__).with_name("m0008_who_sees_what.sql"))
