"""Wrong hand-over codes, so that guessing is held back."""

from pathlib import Path

import shared
from shared.migrations import execute_file

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    execute_file(Path(shared.__file__).parent / "web/code_attempts_v1.sql")
