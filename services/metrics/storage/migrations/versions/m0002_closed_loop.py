"""What the figures of hand-offs need: confirmed legs, terms that ran out, the ends of cases."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Widen the fact of a leg, and keep what happened to cases."""
    execute_file(Path(__file__).with_name("m0002_closed_loop.sql"))
