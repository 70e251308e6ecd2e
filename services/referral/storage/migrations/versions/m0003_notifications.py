"""Notifications, what was read of them, their channels and their deliveries."""

from pathlib import Path

from shared.migrations import execute_file

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables; what happened before they were there is told to nobody."""
    execute_file(Path(__file__).with_name("m0003_notifications.sql"))
