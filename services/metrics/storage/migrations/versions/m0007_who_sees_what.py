"""Row-level security: the database refuses what a query forgets."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Show facts and their shares to managers and to the service alone."""
    execute_file(Path(__file__).with_name("m0007_who_sees_what.sql"))
