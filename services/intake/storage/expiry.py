"""Words whose time is over: memos are deleted, reasons and notes blanked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.storage.overrides import override
from services.intake.storage.tables import activity, consultation, leg_standing, memo, revision
from shared.messaging.forgetting import FORGOTTEN

_LIVE = ("offered", "accepted", "supporting")


def finished(before: datetime) -> Select[tuple[UUID]]:
    """Consultations written before this moment whose case, if any, has stood still since."""
    stirs = select(leg_standing.c.case_id).where(
        leg_standing.c.case_id == consultation.c.case_id,
        or_(leg_standing.c.state.in_(_LIVE), leg_standing.c.since >= before),
    )
    return select(consultation.c.id).where(consultation.c.recorded_at < before, ~stirs.exists())


async def forget(connection: AsyncConnection, before: datetime) -> int:
    """Delete or blank the words of what was finished before this moment; how many there were."""
    over = finished(before)
    acts = (
        delete(memo).where(memo.c.consultation_id.in_(over), memo.c.written_at < before),
        update(override)
        .where(override.c.consultation_id.in_(over), override.c.reason != FORGOTTEN)
        .values(reason=FORGOTTEN),
        update(activity)
        .where(activity.c.recorded_at < before, activity.c.note != FORGOTTEN)
        .values(note=FORGOTTEN),
        update(revision)
        .where(revision.c.changed_at < before, revision.c.reason != FORGOTTEN)
        .values(reason=FORGOTTEN),
    )
    return sum([(await connection.execute(act)).rowcount for act in acts])
