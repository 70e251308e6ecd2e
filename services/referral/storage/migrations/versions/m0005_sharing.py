"""How long consent holds, and the reported states that some sharing bases wait for."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Widen the leg; add the milestones."""
    execute_file(Path(__file__).with_name("m0005_sharing.sql"))
