"""Report a figure for a day, correct it with a reason, or cancel it; never overwrite one."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from services.intake.domain.figure import FigureFacts, figure_faults
from services.intake.storage import figures, revisions
from services.intake.storage.figures import Figure
from services.intake.usecases.acting import Acting, refuse_if_any, refuse_without_reason
from shared.contracts import FigureCancelledV1, FigureCorrectedV1, FigureReportedV1
from shared.errors import Conflict, NotFound
from shared.messaging.event import Event


def _exists() -> Conflict:
    detail = "この指標のこの日の値はすでにあります。直すときは訂正してください。"
    return Conflict("figure-exists", detail, extra={"allowed": ["correct"]})


async def report_figure(connection: AsyncConnection, facts: FigureFacts, acting: Acting) -> Figure:
    """Store a figure and its event. Raises InvalidInput, or Conflict `figure-exists`."""
    refuse_if_any(figure_faults(facts, acting.plan, acting.now))
    if await figures.of_day(connection, facts) is not None:
        raise _exists()
    record = Figure(uuid7(), acting.principal.agency, 1, facts, cancelled=False)
    try:
        await figures.add(connection, record, recorded_by=acting.principal.name, now=acting.now)
    except IntegrityError:
        raise _exists() from None
    reported = FigureReportedV1(desk=record.desk, revision=1, **asdict(facts))
    event = Event.of(reported, subject=record.id, time=acting.now, cause=acting.cause)
    await acting.outbox.append(connection, [event])
    return record


async def _find(connection: AsyncConnection, figure_id: UUID, acting: Acting) -> Figure:
    record = await figures.find(connection, figure_id, acting.principal.agency, lock=True)
    if record is None:
        raise NotFound("figure-not-found", "この報告値は見つかりませんでした。")
    if record.cancelled:
        detail = "この報告値はすでに取り消されています。"
        raise Conflict("figure-cancelled", detail, extra={"allowed": []})
    return record


async def _store(
    connection: AsyncConnection, before: Figure, after: Figure, reason: str, acting: Acting
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
    try:
        await figures.change(connection, after)
    except IntegrityError:
        raise _exists() from None


async def correct_figure(
    connection: AsyncConnection,
    figure_id: UUID,
    changes: Mapping[str, Any],
    reason: str,
    acting: Acting,
) -> Figure:
    """Store the next revision. Raises NotFound, Conflict or InvalidInput, storing nothing."""
    before = await _find(connection, figure_id, acting)
    refuse_without_reason(reason)
    facts = replace(before.facts, **changes)
    refuse_if_any(figure_faults(facts, acting.plan, acting.now))
    after = replace(before, revision=before.revision + 1, facts=facts)
    await _store(connection, before, after, reason, acting)
    corrected = FigureCorrectedV1(desk=after.desk, revision=after.revision, **asdict(facts))
    event = Event.of(corrected, subject=after.id, time=acting.now, cause=acting.cause)
    await acting.outbox.append(connection, [event])
    return after


async def cancel_figure(
    connection: AsyncConnection, figure_id: UUID, reason: str, acting: Acting
) -> Figure:
    """Mark a figure as entered in error; it counts nowhere, and its history stays."""
    before = await _find(connection, figure_id, acting)
    refuse_without_reason(reason)
    after = replace(before, revision=before.revision + 1, cancelled=True)
    await _store(connection, before, after, reason, acting)
    cancelled = FigureCancelledV1(indicator=after.facts.indicator, revision=after.revision)
    event = Event.of(cancelled, subject=after.id, time=acting.now, cause=acting.cause)
    await acting.outbox.append(connection, [event])
    return after
