"""Why the plan was not followed, and how to find a consultation like another."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table and the index."""
    execute_file(Path(__file__).with_name("m0003_overrides.sql"))
