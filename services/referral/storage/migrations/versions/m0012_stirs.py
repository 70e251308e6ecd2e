"""Whoever may not see a case any more is told to look again, and so is who sat in a conference."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the table; only the service itself reads it."""
    op.execute(
        """
        CREATE TABLE stir (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            case_id uuid NOT NULL,
            agencies text[] NOT NULL,
            stirred_at timestamptz NOT NULL
        )
        """
    )
    op.execute("CREATE POLICY visible ON stir USING ((SELECT acting_role()) = 'service')")
    op.execute("ALTER TABLE stir ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
