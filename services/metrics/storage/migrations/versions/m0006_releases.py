"""Releases, which nobody can change, and the exact figures that they keep hidden."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables and close them to changes."""
    execute_file(Path(__file__).with_name("m0006_releases.sql"))
