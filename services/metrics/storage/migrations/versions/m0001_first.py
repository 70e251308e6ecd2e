"""Facts, contributions, and the log."""

from pathlib import Path

import shared
from shared.migrations import execute_file

revision = "0001"
down_revision = None

_SHARED = Path(shared.__file__).parent


def upgrade() -> None:
    """Make the first tables."""
    execute_file(_SHARED / "messaging/schema_v1.sql")
    execute_file(Path(__file__).with_name("m0001_first.sql"))
