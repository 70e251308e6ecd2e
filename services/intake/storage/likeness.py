"""Consultations of one desk that are like another, with a case that goes on."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.domain.consultation import Consultation
from services.intake.storage import visibility
from services.intake.storage.consultations import from_row
from services.intake.storage.handovers import OPEN_STATES
from services.intake.storage.tables import consultation, handover, leg_standing


def _goes_on(desk: str) -> ColumnElement[bool]:
    """Whether a case goes on, by what this desk may know of it.

    Of a case that it opened: no leg was told of yet, or not all have ended. Of one that it
    joined: a leg that it sent is open.
    """
    legs = exists().where(leg_standing.c.case_id == consultation.c.case_id)
    live = legs.where(leg_standing.c.state.in_(OPEN_STATES))
    opened = exists().where(handover.c.case_id == consultation.c.case_id, handover.c.desk == desk)
    return or_(and_(opened, or_(~legs, live)), live.where(leg_standing.c.sender == desk))


async def open_consultations_like(
    connection: AsyncConnection,
    one: Consultation,
    names: Sequence[str],
    within: timedelta,
    *,
    limit: int,
) -> list[Consultation]:
    """The newest of this desk received within this time of `one` with the same facts.

    None of its own case, none of a case that any desk's consultation says is about violence.
    """
    received = one.facts.received_at
    query = (
        select(consultation)
        .where(
            visibility.written_by(one.desk, consultation.c.desk),
            *(consultation.c[name] == getattr(one.facts, name) for name in names),
            consultation.c.received_at.between(received - within, received + within),
            consultation.c.case_id.is_not(None),
            ~consultation.c.cancelled,
            consultation.c.id != one.id,
            consultation.c.case_id.is_distinct_from(one.case_id),
            not_(func.case_is_shielded(consultation.c.case_id)),
            _goes_on(one.desk),
        )
        .order_by(consultation.c.received_at.desc())
        .limit(limit)
    )
    return [from_row(row) for row in (await connection.execute(query)).mappings()]
