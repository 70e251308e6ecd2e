"""Agencies pause and are followed by others; inboxes and the board stay quick."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the pauses and successions of agencies, and the indexes of the lists."""
    execute_file(Path(__file__).with_name("m0006_agencies.sql"))
