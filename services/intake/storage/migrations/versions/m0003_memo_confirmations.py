"""Who said that what looks like a name in a memo is none."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    execute_file(Path(__file__).with_name("m0003_memo_confirmations.sql"))
