"""Words whose time is over: memos are deleted, reasons and notes blanked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.storage.overrides import override
from services.intake.storage.tables import activity, case_end, consultation, memo, revision
from shared.messaging.forgetting import FORGOTTEN


def finished(before: datetime) -> Select[tuple[UUID]]:
    """Consultations written before this moment whose case, if any, ended before it as well."""
    ended = select(case_end.c.case_id).where(
        case_end.c.case_id == consultation.c.case_id, case_end.c.ended_at < before
    )
    return select(consultation.c.id).where(
        consultation.c.recorded_at < before,
        or_(consultation.c.case_id.is_(None), ended.exists()),
    )


async def forget(connection: AsyncConnection, before: datetime, now: datetime) -> None:
    """Delete or blank the words of what was finished before this moment."""
    over = finished(before)
    ended = memo.c.consultation_id.in_(over) & (memo.c.written_at < before)
    written = select(memo.c.consultation_id).where(ended).correlate(None)
    going_on = select(consultation.c.id).where(consultation.c.id.not_in(over))
    acts = (
        update(consultation).where(consultation.c.id.in_(written)).values(memo_deleted_at=now),
        delete(memo).where(ended),
        update(override)
        .where(override.c.consultation_id.in_(over), override.c.reason != FORGOTTEN)
        .values(reason=FORGOTTEN),
        update(activity)
        .where(activity.c.recorded_at < before, activity.c.note != FORGOTTEN)
        .values(note=FORGOTTEN),
        update(revision)
        .where(
            revision.c.changed_at < before,
            revision.c.record_id.not_in(going_on),
            revision.c.reason != FORGOTTEN,
        )
        .values(reason=FORGOTTEN),
    )
    for act in acts:
        await connection.execute(act)
