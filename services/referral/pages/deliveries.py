"""How notifications leave the house: the paper queue, what did not arrive, and the channels."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.referral.domain.delivering import Channel
from services.referral.pages.context import AdministratorActs, AgencyActs
from services.referral.pages.fields import MAIL_FIELDS, WEBHOOK_FIELDS
from services.referral.pages.notifications_api import WebhookFormBody
from services.referral.usecases.look_after_deliveries import (
    show_paper,
    show_troubled,
    tell_by_hand,
    try_delivery_again,
)
from services.referral.usecases.set_channels import (
    check_webhook,
    put_address,
    put_webhook,
    remove_webhook,
    show_channels,
)
from shared.database import transaction
from shared.errors import InvalidInput, Problem
from shared.web.access import Administering, AtDesk
from shared.web.forms import Form, read_form, validated
from shared.web.rendering import render
from shared.web.requests import Moment, Transaction, acts_of

router = APIRouter(prefix="/referral", include_in_schema=False)

DONE = {
    "told": "渡したことを記録しました。",
    "again": "もう一度送ります。",
    "saved": "知らせる先を登録しました。",
    "removed": "知らせる先を消しました。",
}


def _done(request: Request) -> str:
    return DONE.get(request.query_params.get("done", ""), "")


@router.get("/paper")
async def get_paper(
    request: Request, principal: AtDesk, connection: Transaction, now: Moment
) -> Response:
    """What goes to agencies without a terminal, on paper or by telephone."""
    queue = await show_paper(connection, principal.agency or "", now)
    return render(request, "paper.html", queue=queue, done=_done(request))


@router.post("/deliveries/{delivery_id}/told")
async def post_told(delivery_id: UUID, acting: AgencyActs, connection: Transaction) -> Response:
    """It was handed over, or told by telephone."""
    told = await tell_by_hand(connection, delivery_id, acting)
    on_paper = told.channel == Channel.PAPER.value
    to = "paper" if on_paper else f"cases/{told.case_id}"
    return RedirectResponse(f"/referral/{to}?done=told", status_code=303)


@router.get("/deliveries")
async def get_deliveries(request: Request, _: Administering, connection: Transaction) -> Response:
    """What did not arrive."""
    found = await show_troubled(connection)
    return render(request, "deliveries.html", found=found, done=_done(request))


@router.post("/deliveries/{delivery_id}/again")
async def post_again(
    delivery_id: UUID, acting: AdministratorActs, connection: Transaction
) -> Response:
    """Try one again that was given up."""
    await try_delivery_again(connection, delivery_id, acting)
    return RedirectResponse("/referral/deliveries?done=again", status_code=303)


async def _channels(
    request: Request,
    *,
    mail: Form | None = None,
    hook: Form | None = None,
    secret: str = "",
) -> Response:
    async with transaction(request.app.state.engine, acts_of(request)) as connection:
        channels = await show_channels(connection)
    refused = next((form for form in (mail, hook) if form is not None and form.problem), Form({}))
    agencies = request.app.state.plan.agencies.values()
    return render(
        request,
        "channels.html",
        status=200 if refused.problem is None else refused.problem.status,
        channels=channels,
        agencies=[(known.id, known.name) for known in agencies],
        mail=mail or Form(MAIL_FIELDS, prefix="mail-"),
        hook=hook or Form(WEBHOOK_FIELDS, prefix="hook-"),
        refused=refused,
        secret=secret,
        done="" if refused.problem else _done(request),
    )


@router.get("/channels")
async def get_channels(request: Request, _: Administering) -> Response:
    """Where each agency is told beside the page."""
    return await _channels(request)


@router.post("/channels/mail")
async def post_mail(request: Request, acting: AdministratorActs) -> Response:
    """Set the mail address of an agency."""
    typed = await read_form(request)
    try:
        for name in MAIL_FIELDS:
            if not typed.one(name):
                raise InvalidInput.field(name, code="missing", detail="入力してください。")
        async with transaction(request.app.state.engine, acts_of(request)) as connection:
            await put_address(connection, typed.one("agency"), typed.one("email"), acting)
    except Problem as problem:
        return await _channels(request, mail=Form(MAIL_FIELDS, typed, problem, prefix="mail-"))
    return RedirectResponse("/referral/channels?done=saved", status_code=303)


@router.post("/channels/mail/{agency}/remove")
async def post_mail_removed(
    agency: str, acting: AdministratorActs, connection: Transaction
) -> Response:
    """Send this agency no mail."""
    await put_address(connection, agency, None, acting)
    return RedirectResponse("/referral/channels?done=removed", status_code=303)


@router.post("/channels/webhooks")
async def post_webhook(request: Request, acting: AdministratorActs) -> Response:
    """Set a webhook; its secret stands on the page that answers, this once."""
    typed = await read_form(request)
    try:
        body = validated(WebhookFormBody, {name: typed.one(name) for name in WEBHOOK_FIELDS})
        await check_webhook(request.app.state.webhooks, body.url)
        async with transaction(request.app.state.engine, acts_of(request)) as connection:
            secret = await put_webhook(connection, body.name, body.agency, body.url, acting)
    except Problem as problem:
        return await _channels(request, hook=Form(WEBHOOK_FIELDS, typed, problem, prefix="hook-"))
    return await _channels(request, secret=secret)


@router.post("/channels/webhooks/{name}/remove")
async def post_webhook_removed(
    name: str, _: AdministratorActs, connection: Transaction
) -> Response:
    """Call this webhook no more."""
    await remove_webhook(connection, name)
    return RedirectResponse("/referral/channels?done=removed", status_code=303)
