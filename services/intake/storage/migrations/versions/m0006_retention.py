"""When cases ended, so that words about them are kept no longer than the plan says."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table, and have the cases that ended before told again."""
    execute_file(Path(__file__).with_name("m0006_retention.sql"))
