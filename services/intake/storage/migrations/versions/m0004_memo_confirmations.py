"""Who said that what looks like a name in a memo is none."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    execute_file(Path(__file__).with_name("m0004_memo_confirmations.sql"))
