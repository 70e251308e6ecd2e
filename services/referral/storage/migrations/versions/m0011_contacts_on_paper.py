"""Who transcribes for a receiver on paper keeps its contacts, as it keeps its other answers."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Contacts are their receiver's own, or the sender's who types what the receiver answered."""
    op.execute("DROP POLICY visible ON contact")
    op.execute(
        """
        CREATE POLICY visible ON contact USING (
            (SELECT acting_role()) = 'service'
            OR EXISTS (
                SELECT FROM leg WHERE leg.id = leg_id AND (
                    leg.receiver = (SELECT acting_agency())
                    OR (leg.on_paper AND leg.sender = (SELECT acting_agency()))
                )
            )
        )
        """
    )
