"""The page お知らせ: what an agency was told, what this account has yet to read of it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.referral.usecases.look_after_deliveries import show_paper
from services.referral.usecases.read_notifications import (
    PAGE,
    list_notifications,
    open_notification,
    read_everything,
)
from shared.web.access import AtDesk
from shared.web.forms import read_form
from shared.web.rendering import NEWS, render
from shared.web.requests import Moment, Transaction

router = APIRouter(prefix=NEWS, include_in_schema=False)

_BIGGEST = 2**63 - 1
DONE = {
    "read": "すべて既読にしました。",
    "gone": "このお知らせのケースは、いまは関わりがなくなっています。",
}


@router.get("")
async def get_notifications(
    request: Request,
    principal: AtDesk,
    connection: Transaction,
    now: Moment,
    before: Annotated[int | None, Query(ge=0, le=_BIGGEST)] = None,
) -> Response:
    """The newest notifications; `before` is the number of the last one shown."""
    shown = await list_notifications(connection, principal, request.app.state.plan, now, before)
    paper = await show_paper(connection, principal.agency or "", now)
    return render(
        request,
        "notifications.html",
        shown=shown,
        paper=len(paper.waiting),
        more=shown[-1].told.number if len(shown) == PAGE else None,
        done=DONE.get(request.query_params.get("done", ""), ""),
    )


@router.post("/read")
async def post_read(request: Request, principal: AtDesk, connection: Transaction) -> Response:
    """Read everything that the page showed; what came since stays unread."""
    upto = (await read_form(request)).one("upto")
    if upto.isascii() and upto.isdecimal() and len(upto) < 19:
        await read_everything(connection, principal, int(upto))
    return RedirectResponse(f"{NEWS}?done=read", status_code=303)


@router.get("/{number}")
async def get_notification(
    request: Request,
    number: Annotated[int, Path(ge=1, le=_BIGGEST)],
    principal: AtDesk,
    connection: Transaction,
    now: Moment,
) -> Response:
    """Open one: it is read with that, and leads to its case."""
    plan = request.app.state.plan
    case_id = await open_notification(connection, principal, number, plan, now)
    to = f"{NEWS}?done=gone" if case_id is None else f"/referral/cases/{case_id}"
    return RedirectResponse(to, status_code=303)
