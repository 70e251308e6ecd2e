"""The audit trail."""

from pathlib import Path

import shared
from shared.migrations import execute_file

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table."""
    execute_file(Path(shared.__file__).parent / "audit/schema_v1.sql")
