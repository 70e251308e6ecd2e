"""When a memo was deleted, so that a page can say it instead of showing none."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Memos that were deleted before are not known."""
    op.execute("ALTER TABLE consultation ADD COLUMN memo_deleted_at timestamptz")
