"""Row-level security: the database refuses what a query forgets."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Show each desk what it wrote, and the case of a code to whoever knows the code."""
    execute_file(Path(__file__).with_name("m0005_who_sees_what.sql"))
