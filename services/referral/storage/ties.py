"""As what an agency stands to a case: why it may see or change it, for the audit trail."""

from uuid import UUID

from sqlalchemy import ColumnElement, Text, case, func, literal, or_, select

from services.referral.storage.tables import case as support_case
from services.referral.storage.tables import leg


def tie_of(kind: str, record: UUID, agency: str, otherwise: str) -> ColumnElement[str]:
    """What PostgreSQL says of a case, or of a leg and then its case: the nearest ground.

    `otherwise` is the ground of who stands in no such place, and of any other kind of record.
    """
    if kind not in ("case", "leg"):
        return literal(otherwise)
    side = case((leg.c.receiver == agency, "receiver"), else_="sender")
    mine = or_(leg.c.receiver == agency, leg.c.sender == agency)
    case_id: ColumnElement[UUID] = literal(record)
    own = []
    if kind == "leg":
        case_id = select(leg.c.case_id).where(leg.c.id == record).scalar_subquery()
        own = [select(side).where(leg.c.id == record, mine).scalar_subquery()]
    answers = case(
        (support_case.c.holder == agency, "holder"), (support_case.c.desk == agency, "desk")
    )
    of_case = select(answers).where(support_case.c.id == case_id).scalar_subquery()
    nearest = select(side).where(leg.c.case_id == case_id, mine).order_by(side).limit(1)
    return func.coalesce(*own, of_case, nearest.scalar_subquery(), literal(otherwise), type_=Text())
