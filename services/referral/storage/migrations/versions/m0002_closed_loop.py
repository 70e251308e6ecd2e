"""Terms that run on cases and legs, and what a leg and a case say of their end."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Widen the case and the leg; every open one gets its term from the worker at its start."""
    execute_file(Path(__file__).with_name("m0002_closed_loop.sql"))
