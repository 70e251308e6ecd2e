"""Where people are sent, who chose a slip, and wrong codes."""

from pathlib import Path

import shared
from shared.migrations import execute_file

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    execute_file(Path(shared.__file__).parent / "web/code_attempts_v1.sql")
    execute_file(Path(__file__).with_name("m0002_slips.sql"))
