"""When each token was last used, so that forgotten ones are found."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column."""
    execute_file(Path(__file__).with_name("m0003_token_use.sql"))
