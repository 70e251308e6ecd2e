"""What a figure can be broken down by, and by which version of its rule it was counted."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns."""
    execute_file(Path(__file__).with_name("m0004_counted_parts.sql"))
