"""Which version of each counting rule is in force, and which ones are counted beside it."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table of versions."""
    execute_file(Path(__file__).with_name("m0005_rule_versions.sql"))
