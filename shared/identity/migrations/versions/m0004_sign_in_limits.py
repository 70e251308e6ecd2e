"""Wrong passwords are counted by account, address and known device."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    execute_file(Path(__file__).with_name("m0004_sign_in_limits.sql"))
