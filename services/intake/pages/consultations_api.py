"""The machine interface for consultations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from services.intake.pages.answers import ListedConsultation, RecordedBody, ShownBody
from services.intake.pages.bodies import ConsultationBody, ConsultationCorrection, ReasonBody
from services.intake.pages.context import DeskActs
from services.intake.pages.shapes import listed, recorded_body, shown_body
from services.intake.usecases.correct_consultation import (
    Correction,
    cancel_consultation,
    correct_consultation,
)
from services.intake.usecases.record_consultation import NewConsultation, record_consultation
from services.intake.usecases.show_consultations import list_consultations, show_consultation
from shared.database import transaction
from shared.web.access import AtDesk
from shared.web.code_attempts import code_tried
from shared.web.guarding import count_confirmed, warned_kinds
from shared.web.idempotency import IdempotencyKey, answer_once
from shared.web.models import Day
from shared.web.requests import Transaction, acts_of

router = APIRouter(prefix="/intake/api/consultations", tags=["consultations"])


def new_consultation(body: ConsultationBody, acting: DeskActs) -> NewConsultation:
    """What a body asks to record."""
    refer = body.refer
    return NewConsultation(
        facts=body.facts(),
        memo=body.memo,
        confirmed_places=count_confirmed(body.memo, confirmed=body.memo_confirmed),
        case_code=body.case_code,
        refer=None if refer is None else refer.request(acting.principal, acting.plan, acting.now),
        lead_chosen=refer is not None and "lead" in refer.model_fields_set,
    )


@router.post("", status_code=201, response_model=RecordedBody)
async def post_consultation(
    request: Request, body: ConsultationBody, acting: DeskActs, key: IdempotencyKey
) -> JSONResponse:
    """Write a consultation down, once."""
    engine = request.app.state.engine
    async with (
        code_tried(engine, acting.principal, body.case_code, acting.now),
        transaction(engine, acts_of(request)) as connection,
    ):

        async def act() -> RecordedBody:
            new = new_consultation(body, acting)
            recorded = await record_consultation(connection, new, acting)
            return recorded_body(recorded, warned_kinds(body.memo))

        return await answer_once(connection, acting.principal, key, body, 201, act)


@router.get("")
async def get_consultations(
    connection: Transaction,
    principal: AtDesk,
    first: Annotated[Day | None, Query(alias="from")] = None,
    last: Annotated[Day | None, Query(alias="to")] = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[ListedConsultation]:
    """This desk's consultations, newest first."""
    page = await list_consultations(
        connection, principal.agency or "", first=first, last=last, after=after, limit=limit
    )
    return [listed(record) for record in page]


@router.get("/{consultation_id}")
async def get_consultation(
    consultation_id: UUID, connection: Transaction, principal: AtDesk
) -> ShownBody:
    """One consultation with its history, and where each leg stands."""
    shown = await show_consultation(connection, consultation_id, principal.agency or "")
    return shown_body(shown)


@router.post("/{consultation_id}/corrections")
async def post_correction(
    consultation_id: UUID, body: ConsultationCorrection, connection: Transaction, acting: DeskActs
) -> RecordedBody:
    """Store a new revision."""
    refer = body.refer
    correction = Correction(
        changes=body.changes(),
        reason=body.reason,
        refer=None if refer is None else refer.request(acting.principal, acting.plan, acting.now),
    )
    return recorded_body(
        await correct_consultation(connection, consultation_id, correction, acting)
    )


@router.post("/{consultation_id}/cancellation")
async def post_cancellation(
    consultation_id: UUID, body: ReasonBody, connection: Transaction, acting: DeskActs
) -> ListedConsultation:
    """Mark it as entered in error."""
    return listed(await cancel_consultation(connection, consultation_id, body.reason, acting))
