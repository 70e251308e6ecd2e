"""The つなぐシート: a leg on one A4 page, as a page to print and as a PDF."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.referral.pages.context import AgencyActs
from services.referral.pages.sheet_pdf import described, mark_of, sheet_pdf
from services.referral.usecases.acting import Acting
from services.referral.usecases.print_sheet import PaperLeg, print_sheet
from shared.database import transaction
from shared.japanese_time import japanese_day
from shared.paper.qr import qr_of
from shared.web.rendering import render
from shared.web.requests import acts_of

router = APIRouter(prefix="/referral/cases/{case_id}/referrals/{leg_id}", include_in_schema=False)


async def _paper(request: Request, case_id: UUID, leg_id: UUID, acting: Acting) -> PaperLeg:
    async with transaction(request.app.state.engine, acts_of(request)) as connection:
        return await print_sheet(
            connection, case_id, leg_id, acting.agency, acting.plan, japanese_day(acting.now)
        )


def _address(request: Request, case_id: UUID) -> str:
    """Where the case opens for who signs in: the answer on the sheet is typed in there."""
    base: str = request.app.state.public_url
    return f"{base.rstrip('/')}/referral/cases/{case_id}"


@router.get("/sheet")
async def get_sheet(request: Request, case_id: UUID, leg_id: UUID, acting: AgencyActs) -> Response:
    """The sheet, ready to print on A4."""
    paper = await _paper(request, case_id, leg_id, acting)
    return render(
        request,
        "sheet.html",
        paper=paper,
        rows=described(paper, acting.plan),
        mark=mark_of(leg_id),
        code=qr_of(_address(request, case_id)),
    )


@router.get("/sheet.pdf")
async def get_sheet_pdf(
    request: Request, case_id: UUID, leg_id: UUID, acting: AgencyActs
) -> Response:
    """The same as PDF."""
    paper = await _paper(request, case_id, leg_id, acting)
    pdf = await asyncio.to_thread(
        sheet_pdf, paper, acting.plan, acting.now, _address(request, case_id)
    )
    named = {"Content-Disposition": f'inline; filename="sheet-{mark_of(leg_id)}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=named)
