"""What an agency gave back: its own record of legs whose case it does not see any more."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.referral.usecases.show_record import list_given_back
from shared.web.access import AtAgency
from shared.web.rendering import render
from shared.web.requests import Moment, Transaction

router = APIRouter(prefix="/referral", include_in_schema=False)


@router.get("/given-back")
async def get_given_back(
    request: Request, principal: AtAgency, connection: Transaction, now: Moment
) -> Response:
    """The legs that this agency returned, or that were taken back from it."""
    plan = request.app.state.plan
    records = await list_given_back(connection, principal.agency or "", plan, now)
    return render(request, "given_back.html", records=records)
