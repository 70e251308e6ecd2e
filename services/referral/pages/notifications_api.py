"""The machine interface to notifications: the live stream, and webhooks."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, StringConstraints

from services.referral.pages.context import AdministratorActs
from services.referral.pages.streaming import stream
from services.referral.usecases.set_channels import check_webhook, put_webhook
from shared.database import transaction
from shared.web.access import AtDesk
from shared.web.models import ApiModel
from shared.web.requests import acts_of

router = APIRouter(prefix="/referral/api", tags=["referral"])

_BIGGEST = 2**63 - 1
_STREAM: dict[int | str, Any] = {200: {"content": {"text/event-stream": {}}, "description": "News"}}
_NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Name = Annotated[str, Path(pattern=_NAME, max_length=64)]


@router.get("/notifications/stream", response_class=StreamingResponse, responses=_STREAM)
async def get_stream(
    request: Request,
    principal: AtDesk,
    last_event_id: Annotated[int | None, Header(ge=0, le=_BIGGEST)] = None,
    after: Annotated[int | None, Query(ge=0, le=_BIGGEST)] = None,
) -> Response:
    """News of the token's agency as it comes, or from behind `Last-Event-ID` on.

    `after` says the same where a header cannot be set. Events: `unread` (how many this account
    has yet to read), `notification` (with an id), `stir` (a case of the agency moved; with
    `case_id` null, something moved that it may see no more, or sees by a conference alone).
    """
    behind = last_event_id if last_event_id is not None else after
    return StreamingResponse(
        stream(request, principal, behind),
        media_type="text/event-stream",
        # A proxy that does not know the address passes every line on at once all the same.
        headers={"X-Accel-Buffering": "no"},
    )


class WebhookBody(ApiModel):
    """Where to call, and for which agency."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    agency: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class WebhookFormBody(WebhookBody):
    """The same with its name, as a page's form gives it."""

    name: Annotated[str, StringConstraints(pattern=_NAME, max_length=64)]


class WebhookAnswer(BaseModel):
    """The webhook, with the secret that is shown this once."""

    name: str
    agency: str
    url: str
    secret: str


@router.put("/webhooks/{name}")
async def put_hook(
    request: Request, name: Name, body: WebhookBody, acting: AdministratorActs
) -> WebhookAnswer:
    """Set a webhook; one of the same name is replaced, and its secret with it."""
    await check_webhook(request.app.state.webhooks, body.url)
    async with transaction(request.app.state.engine, acts_of(request)) as connection:
        secret = await put_webhook(connection, name, body.agency, body.url, acting)
    return WebhookAnswer(name=name, agency=body.agency, url=body.url, secret=secret)
