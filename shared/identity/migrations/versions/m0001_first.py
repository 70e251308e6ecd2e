"""Accounts, sessions, tokens and failed sign-ins."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    execute_file(Path(__file__).with_name("m0001_first.sql"))
