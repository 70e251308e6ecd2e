"""First passwords that must be changed; sessions that people can tell apart."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns; open sessions end."""
    execute_file(Path(__file__).with_name("m0002_first_passwords.sql"))
