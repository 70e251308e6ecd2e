"""No two logins that differ in large and small letters alone."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Rename what is there twice, and add the index."""
    execute_file(Path(__file__).with_name("m0007_logins_alike.sql"))
