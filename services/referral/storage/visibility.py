"""Who sees which rows, as conditions of queries; row-level security holds the same (ADR 23)."""

from sqlalchemy import ARRAY, ColumnElement, Text, literal, not_, or_, select, union

from services.referral.domain.sight import NEVER_TOOK
from services.referral.storage.conference_tables import conference_agency
from services.referral.storage.notice_tables import delivery, notification
from services.referral.storage.tables import case, consultation, leg
from shared.plan import SHIELDED_TOPICS


def party_to(agency: str, coordinator: str) -> ColumnElement[bool]:
    """Cases: the rule of `domain.sight.is_party` as a condition, so that a limit hides nothing."""
    real = leg.c.state != "void"
    near = union(
        select(leg.c.case_id).where(leg.c.receiver == agency, real, took_part()),
        select(leg.c.case_id).where(leg.c.sender == agency, real),
        select(case.c.id).where(case.c.holder == agency),
        select(case.c.id).where(case.c.desk == agency),
    )
    if agency != coordinator:
        return case.c.id.in_(near)
    shielded = literal(sorted(SHIELDED_TOPICS), ARRAY(Text))
    return or_(not_(consultation.c.topics.bool_op("&&")(shielded)), case.c.id.in_(near))


def took_part() -> ColumnElement[bool]:
    """Legs that their receivers have before them, have, or had after accepting."""
    return or_(leg.c.state.not_in(sorted(NEVER_TOOK)), leg.c.accepted_at.is_not(None))


def received_by(agency: str) -> ColumnElement[bool]:
    """Legs of which this agency is the receiver."""
    return leg.c.receiver == agency


def told_to(agency: str) -> ColumnElement[bool]:
    """Notifications of this agency."""
    return notification.c.agency == agency


def looked_after_by(agency: str) -> ColumnElement[bool]:
    """Deliveries that this agency is in charge of."""
    return delivery.c.charge == agency


def attended_by(agency: str) -> ColumnElement[bool]:
    """The rows of conferences that say that this agency took part."""
    return conference_agency.c.agency == agency
