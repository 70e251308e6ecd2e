"""Conferences, which count beside activities."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table of their facts."""
    execute_file(Path(__file__).with_name("m0003_conferences.sql"))
