"""Conferences with what they decided, and support plans with their goals."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    execute_file(Path(__file__).with_name("m0004_conferences.sql"))
