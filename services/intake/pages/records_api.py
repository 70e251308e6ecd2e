"""The machine interface for activities and reported figures."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from services.intake.domain.activity import ActivityFacts
from services.intake.domain.figure import FigureFacts
from services.intake.pages.answers import StoredBody
from services.intake.pages.bodies import (
    ActivityBody,
    ActivityCorrection,
    FigureBody,
    FigureCorrection,
    ReasonBody,
)
from services.intake.pages.context import DeskActs, ReporterActs
from services.intake.usecases.record_activity import (
    cancel_activity,
    correct_activity,
    record_activity,
)
from services.intake.usecases.report_figure import cancel_figure, correct_figure, report_figure
from shared.web.idempotency import IdempotencyKey, answer_once
from shared.web.models import ApiModel
from shared.web.requests import Transaction

router = APIRouter(prefix="/intake/api")


def _changes(body: ApiModel) -> dict[str, Any]:
    return {
        name: value
        for name in body.model_fields_set - {"reason"}
        if (value := getattr(body, name)) is not None
    }


def _stored(record: Any) -> StoredBody:
    return StoredBody(id=record.id, fiscal_year=record.facts.fiscal_year, revision=record.revision)


@router.post("/activities", status_code=201, response_model=StoredBody, tags=["activities"])
async def post_activity(
    body: ActivityBody, connection: Transaction, acting: DeskActs, key: IdempotencyKey
) -> JSONResponse:
    """Record an activity."""

    async def act() -> StoredBody:
        facts = ActivityFacts(**body.model_dump(exclude={"note"}))
        return _stored(await record_activity(connection, facts, body.note, acting))

    return await answer_once(connection, acting.principal, key, body, 201, act)


@router.post("/activities/{activity_id}/corrections", tags=["activities"])
async def post_activity_correction(
    activity_id: UUID, body: ActivityCorrection, connection: Transaction, acting: DeskActs
) -> StoredBody:
    """Store a new revision of an activity."""
    changes = _changes(body)
    return _stored(await correct_activity(connection, activity_id, changes, body.reason, acting))


@router.post("/activities/{activity_id}/cancellation", tags=["activities"])
async def post_activity_cancellation(
    activity_id: UUID, body: ReasonBody, connection: Transaction, acting: DeskActs
) -> StoredBody:
    """Mark an activity as entered in error."""
    return _stored(await cancel_activity(connection, activity_id, body.reason, acting))


@router.post("/figures", status_code=201, response_model=StoredBody, tags=["figures"])
async def post_figure(
    body: FigureBody, connection: Transaction, acting: ReporterActs, key: IdempotencyKey
) -> JSONResponse:
    """Report a figure for a day."""

    async def act() -> StoredBody:
        facts = FigureFacts(**body.model_dump())
        return _stored(await report_figure(connection, facts, acting))

    return await answer_once(connection, acting.principal, key, body, 201, act)


@router.post("/figures/{figure_id}/corrections", tags=["figures"])
async def post_figure_correction(
    figure_id: UUID, body: FigureCorrection, connection: Transaction, acting: ReporterActs
) -> StoredBody:
    """Store a new revision of a figure."""
    changes = _changes(body)
    return _stored(await correct_figure(connection, figure_id, changes, body.reason, acting))


@router.post("/figures/{figure_id}/cancellation", tags=["figures"])
async def post_figure_cancellation(
    figure_id: UUID, body: ReasonBody, connection: Transaction, acting: ReporterActs
) -> StoredBody:
    """Mark a figure as entered in error."""
    return _stored(await cancel_figure(connection, figure_id, body.reason, acting))
