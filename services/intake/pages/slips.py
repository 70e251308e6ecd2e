"""The slip 控え that a person carries: as a page to print and as a PDF, in six languages."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.intake.pages.consultations import shown_page
from services.intake.pages.context import DeskActs
from services.intake.pages.fields import SLIP_CHOICE
from services.intake.pages.slip_pdf import destination_line, slip_pdf
from services.intake.usecases.print_slip import choose_slip, print_slip
from services.intake.usecases.show_consultations import show_consultation
from shared.database import transaction
from shared.errors import InvalidInput, NotFound
from shared.handover_code import bare_digits
from shared.japanese_time import japanese_day
from shared.paper.qr import qr_of
from shared.plan.slips import SLIP_LANGUAGES
from shared.web.access import AtDesk
from shared.web.forms import Form, read_form
from shared.web.rendering import render
from shared.web.requests import Moment, Transaction, acts_of

router = APIRouter(prefix="/intake/consultations", include_in_schema=False)

Language = Annotated[str, Query(max_length=20)]


def _known(language: str) -> str:
    if language not in SLIP_LANGUAGES:
        raise NotFound("no-such-language", "この言語の控えはありません。")
    return language


@router.get("/{consultation_id}/slip")
async def get_slip(
    request: Request,
    consultation_id: UUID,
    principal: AtDesk,
    connection: Transaction,
    now: Moment,
    language: Language = "ja",
) -> Response:
    """The slip, ready to print on A6."""
    plan = request.app.state.plan
    words = plan.slips.words[_known(language)]
    slip = await print_slip(connection, consultation_id, principal.agency or "", now)
    return render(
        request,
        "slip.html",
        slip=slip,
        language=language,
        tags=SLIP_LANGUAGES,
        words=words,
        said=words.neutral if slip.neutral else words,
        day=None if slip.issued_at is None else words.day(japanese_day(slip.issued_at)),
        destinations=[destination_line(one, language, plan) for one in slip.destinations],
        code=qr_of(bare_digits(slip.code)),
    )


@router.get("/{consultation_id}/slip.pdf")
async def get_slip_pdf(
    request: Request,
    consultation_id: UUID,
    principal: AtDesk,
    now: Moment,
    language: Language = "ja",
) -> Response:
    """The same as PDF. Its name says nothing of what it is."""
    _known(language)
    async with transaction(request.app.state.engine, acts_of(request)) as connection:
        slip = await print_slip(connection, consultation_id, principal.agency or "", now)
    pdf = await asyncio.to_thread(slip_pdf, slip, language, request.app.state.plan, now)
    named = {"Content-Disposition": 'inline; filename="number.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=named)


@router.post("/{consultation_id}/slip")
async def post_slip(request: Request, consultation_id: UUID, acting: DeskActs) -> Response:
    """Staff chose to print a slip of a case about violence."""
    typed = await read_form(request)
    engine = request.app.state.engine
    try:
        async with transaction(engine, acts_of(request)) as connection:
            safe = typed.one("safe") == "true"
            await choose_slip(connection, consultation_id, safe=safe, acting=acting)
    except InvalidInput as problem:
        async with transaction(engine, acts_of(request)) as connection:
            shown = await show_consultation(connection, consultation_id, acting.desk)
        return shown_page(request, shown, choice=Form(SLIP_CHOICE, typed, problem))
    return RedirectResponse(f"/intake/consultations/{consultation_id}/slip", status_code=303)
