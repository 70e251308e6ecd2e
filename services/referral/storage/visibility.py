"""Who sees which rows, as conditions of queries; row-level security holds the same (ADR 23)."""

from datetime import date

from sqlalchemy import ARRAY, ColumnElement, Text, and_, exists, literal, not_, or_, select, union

from services.referral.domain.sharing import CONSENT
from services.referral.domain.sight import NEVER_TOOK
from services.referral.storage.conference_tables import conference_agency
from services.referral.storage.notice_tables import delivery, notification
from services.referral.storage.tables import case, consultation, leg
from shared.plan import SHIELDED_TOPICS, Plan


def party_to(agency: str, coordinator: str) -> ColumnElement[bool]:
    """Cases: the rule of `domain.sight.is_party` as a condition, so that a limit hides nothing."""
    near = union(
        select(leg.c.case_id).where(leg.c.receiver == agency, took_part()),
        select(leg.c.case_id).where(leg.c.sender == agency, leg.c.state != "void"),
        select(case.c.id).where(case.c.holder == agency),
        select(case.c.id).where(case.c.desk == agency),
    )
    if agency != coordinator:
        return case.c.id.in_(near)
    return or_(not_(_about_violence()), case.c.id.in_(near))


def _about_violence() -> ColumnElement[bool]:
    return consultation.c.topics.bool_op("&&")(literal(sorted(SHIELDED_TOPICS), ARRAY(Text)))


def took_part() -> ColumnElement[bool]:
    """Legs that their receivers have before them, have, or had after accepting."""
    taken = or_(leg.c.state.not_in(sorted(NEVER_TOOK)), leg.c.accepted_at.is_not(None))
    return and_(leg.c.state != "void", taken)


def _bounds(coordinator: str) -> ColumnElement[bool]:
    """Legs that their receivers no longer have and that bound what they see: `domain.sight`."""
    return and_(
        not_(took_part()), or_(leg.c.accepted_at.is_not(None), leg.c.receiver != coordinator)
    )


def shows(
    fact: str, desk: ColumnElement[str], receiver: str, plan: Plan, today: date
) -> ColumnElement[bool]:
    """Legs that show this fact of their case to their receiver: `domain.sight.sight_of` of a leg.

    Whatever narrows by a fact asks this too, or the narrowing tells what the pages hide.
    """
    before = [name for name, basis in plan.bases.items() if fact in basis.before]
    after = [name for name, basis in plan.bases.items() if fact in basis.after]
    stands = or_(
        leg.c.basis != CONSENT,
        and_(
            leg.c.consent_withdrawn_at.is_(None),
            or_(leg.c.consent_until.is_(None), leg.c.consent_until >= today),
        ),
    )
    based = or_(
        and_(leg.c.accepted_at.is_(None), leg.c.basis.in_(before)),
        and_(leg.c.accepted_at.is_not(None), leg.c.basis.in_(after)),
    )
    return or_(desk == receiver, and_(stands, based))


def follows(agency: str, plan: Plan, today: date) -> ColumnElement[bool]:
    """Cases of which this party sees more than its own legs: `domain.sight.Sight.follows`."""
    received = exists().where(leg.c.case_id == case.c.id, received_by(agency))
    shown = shows("reason", case.c.desk, agency, plan, today)
    mine, hidden = (
        received.where(took_part()),
        received.where(_bounds(plan.coordinator), not_(shown)),
    )
    answers = or_(case.c.holder == agency, literal(agency == plan.coordinator))
    bounded = and_(not_(mine), not_(hidden), or_(answers, not_(_about_violence())))
    return or_(case.c.desk == agency, mine.where(shown), bounded)


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
