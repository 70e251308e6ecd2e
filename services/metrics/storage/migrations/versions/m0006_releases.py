"""Releases, which nobody can change, and the exact figures that they keep hidden."""

from pathlib import Path

import shared
from shared.migrations import execute_file

revision = "0006"
down_revision = "0005"

_SHARED = Path(shared.__file__).parent


def upgrade() -> None:
    """Make the tables, close them to changes, and keep the keys of calls sent twice."""
    execute_file(_SHARED / "web/idempotency_v1.sql")
    execute_file(Path(__file__).with_name("m0006_releases.sql"))
