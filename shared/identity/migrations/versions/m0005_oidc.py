"""Sign-in at the city's own provider."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column and the table."""
    execute_file(Path(__file__).with_name("m0005_oidc.sql"))
