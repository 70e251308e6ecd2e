"""Row-level security for the log and for what else had none: requests append and read no event."""

from pathlib import Path

import shared
from shared.migrations import execute_file

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Guard the tables."""
    execute_file(Path(__file__).with_name("m0010_whose_the_log_is.sql"))
    execute_file(Path(shared.__file__).parent / "messaging/guarded_v1.sql")
