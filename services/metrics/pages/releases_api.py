"""The machine interface of releases, and of the exact flow of hand-offs."""

from datetime import datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StrictBool, StringConstraints

from services.metrics.domain.flow import percentile
from services.metrics.domain.published import Status
from services.metrics.pages.asked import Year, asked_year
from services.metrics.pages.waiting import SAID, say_waiting
from services.metrics.storage.releases import StoredRelease
from services.metrics.usecases.count_waiting import count_waiting
from services.metrics.usecases.make_release import Wanted, make_release
from services.metrics.usecases.read_release import list_releases
from services.metrics.usecases.show_flow import show_flow
from shared.audit.writing import say_made
from shared.identity.principal import Role
from shared.japanese_time import japanese_day
from shared.web.access import Managing, SignedIn
from shared.web.guarding import GUARDED
from shared.web.idempotency import IdempotencyKey, answer_once
from shared.web.models import ApiModel
from shared.web.requests import Moment, Transaction

log = structlog.get_logger()
router = APIRouter(prefix="/metrics/api", tags=["metrics"])


class ReleaseBody(ApiModel):
    """`period` is a month (`2026-10`) or a fiscal year (`2025`). `unfinished`: it is not over."""

    period: str = Field(min_length=1, max_length=20)
    reason: Annotated[str, StringConstraints(min_length=1, max_length=200), GUARDED] | None = None
    unfinished: StrictBool = False

    def wanted(self) -> Wanted:
        """The same for the use case."""
        return Wanted(self.period, self.reason, self.unfinished)


class HeadBody(BaseModel):
    """A release. `hash` is the SHA-256 of its canonical JSON in hexadecimal digits."""

    number: int
    hash: str
    period: str
    fiscal_year: int
    status: Status
    reason: str | None
    made_at: datetime


class ListedBody(HeadBody):
    """One of all releases. `waiting_events`: so many could not be counted yet; for managers."""

    waiting_events: int | None


class MadeBody(HeadBody):
    """A new release. `waiting_events`: so many events could not be counted in it yet."""

    waiting_events: int


class FlowBody(BaseModel):
    """The hand-offs to one agency that were offered in one month. Times are in hours."""

    agency: str
    month: str
    offered: int
    accepted: int
    returned: int
    returned_again: int
    overdue: int
    closed: int
    confirmed: int
    confirmed_share: float | None
    median_hours: float | None
    p90_hours: float | None


class UnmetBody(BaseModel):
    """The needs of one topic that nobody could meet."""

    topic: str
    count: int


class FlowOfYearBody(BaseModel):
    """The flow of hand-offs of a fiscal year so far; `waiting_events` could not be counted yet."""

    fiscal_year: int
    lines: list[FlowBody]
    unmet: list[UnmetBody]
    waiting_events: int


def _made(release: StoredRelease, waiting: int) -> MadeBody:
    document = release.document
    return MadeBody(
        number=release.number,
        hash=release.hash,
        period=document.period,
        fiscal_year=document.fiscal_year,
        status=document.status,
        reason=document.reason,
        made_at=release.made_at,
        waiting_events=waiting,
    )


@router.post("/releases", status_code=201, response_model=MadeBody)
async def post_release(
    request: Request,
    body: ReleaseBody,
    principal: Managing,
    connection: Transaction,
    now: Moment,
    key: IdempotencyKey,
) -> JSONResponse:
    """Close a month or a year, or correct what was closed: the next release."""

    async def act() -> MadeBody:
        plan = request.app.state.plan
        wanted = body.wanted()
        made = await make_release(connection, plan, wanted, made_by=principal.key, now=now)
        await say_made(connection, str(made.number))
        return _made(made, await count_waiting(connection))

    return await answer_once(connection, principal, key, body, 201, act)


@router.get("/releases", responses=SAID)
async def get_releases(
    principal: SignedIn, connection: Transaction, response: Response
) -> list[ListedBody]:
    """All releases, the newest first."""
    manages = principal.role is Role.MANAGER
    waiting = await say_waiting(response, connection) if manages else None
    return [
        ListedBody(
            number=one.number,
            hash=one.hash,
            period=one.period,
            fiscal_year=one.fiscal_year,
            status=one.status,
            reason=one.reason,
            made_at=one.made_at,
            waiting_events=waiting,
        )
        for one in await list_releases(connection)
    ]


@router.get("/flow")
async def get_flow(
    principal: Managing, connection: Transaction, now: Moment, fy: Year = None
) -> FlowOfYearBody:
    """The exact flow of hand-offs, by agency and month of the offer."""
    year = asked_year(fy, now)
    log.info("exact_figures_read", principal=str(principal.key), fiscal_year=year)
    shown = await show_flow(connection, year, japanese_day(now))
    lines = [
        FlowBody(
            agency=agency,
            month=month,
            **{measure.replace("-", "_"): count for measure, count in line.counts.items()},
            confirmed_share=line.confirmed_share,
            median_hours=percentile(line.hours, 0.5),
            p90_hours=percentile(line.hours, 0.9),
        )
        for (agency, month), line in shown.lines.items()
    ]
    unmet = [UnmetBody(topic=topic, count=count) for topic, count in sorted(shown.unmet.items())]
    waiting = await count_waiting(connection)
    return FlowOfYearBody(fiscal_year=year, lines=lines, unmet=unmet, waiting_events=waiting)
