"""Record an activity, correct it with a reason, or cancel it."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from services.intake.domain.activity import ActivityFacts, activity_faults
from services.intake.storage import activities, revisions
from services.intake.storage.activities import Activity
from services.intake.usecases.acting import Acting, refuse_if_any, refuse_without_reason
from shared.contracts import ActivityCancelledV1, ActivityCorrectedV1, ActivityRecordedV1
from shared.errors import Conflict, NotFound
from shared.messaging.event import Event


async def record_activity(
    connection: AsyncConnection, facts: ActivityFacts, note: str | None, acting: Acting
) -> Activity:
    """Store an activity and its event. Raises InvalidInput, storing nothing."""
    refuse_if_any(activity_faults(facts, acting.plan, acting.now))
    record = Activity(uuid7(), acting.desk, 1, facts, note, cancelled=False)
    await activities.add(connection, record, recorded_by=acting.principal.name, now=acting.now)
    recorded = ActivityRecordedV1(desk=record.desk, revision=1, **asdict(facts))
    event = Event.of(recorded, subject=record.id, time=acting.now, cause=acting.cause)
    await acting.outbox.append(connection, [event])
    return record


async def _find(connection: AsyncConnection, activity_id: UUID, acting: Acting) -> Activity:
    record = await activities.find(connection, activity_id, acting.desk, lock=True)
    if record is None:
        raise NotFound("activity-not-found", "この活動は見つかりませんでした。")
    if record.cancelled:
        detail = "この活動はすでに取り消されています。"
        raise Conflict("activity-cancelled", detail, extra={"allowed": []})
    return record


async def _store(
    connection: AsyncConnection, before: Activity, after: Activity, reason: str, acting: Acting
) -> None:
    await revisions.keep(
        connection,
        before.id,
        before.revision,
        to_jsonable_python(asdict(before.facts)),
        reason=reason,
        changed_by=acting.principal.name,
        now=acting.now,
    )
    await activities.change(connection, after)


async def correct_activity(
    connection: AsyncConnection,
    activity_id: UUID,
    changes: Mapping[str, Any],
    reason: str,
    acting: Acting,
) -> Activity:
    """Store the next revision. Raises NotFound, Conflict or InvalidInput, storing nothing."""
    before = await _find(connection, activity_id, acting)
    refuse_without_reason(reason)
    facts = replace(before.facts, **changes)
    refuse_if_any(activity_faults(facts, acting.plan, acting.now))
    after = replace(before, revision=before.revision + 1, facts=facts)
    await _store(connection, before, after, reason, acting)
    corrected = ActivityCorrectedV1(desk=after.desk, revision=after.revision, **asdict(facts))
    event = Event.of(corrected, subject=after.id, time=acting.now, cause=acting.cause)
    await acting.outbox.append(connection, [event])
    return after


async def cancel_activity(
    connection: AsyncConnection, activity_id: UUID, reason: str, acting: Acting
) -> Activity:
    """Mark an activity as entered in error; it counts nowhere, and its history stays."""
    before = await _find(connection, activity_id, acting)
    refuse_without_reason(reason)
    after = replace(before, revision=before.revision + 1, cancelled=True)
    await _store(connection, before, after, reason, acting)
    cancelled = ActivityCancelledV1(desk=after.desk, revision=after.revision)
    event = Event.of(cancelled, subject=after.id, time=acting.now, cause=acting.cause)
    await acting.outbox.append(connection, [event])
    return after
