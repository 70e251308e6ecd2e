"""When the last event happened that was read of each stream: figures say as of when they are."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Of what was read before it is not known."""
    op.execute("ALTER TABLE stream_cursor ADD COLUMN happened_at timestamptz")
