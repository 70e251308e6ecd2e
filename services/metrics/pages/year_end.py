"""The manager's page of a year's end: the release that closes it, and the files made of it."""

import asyncio
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from services.metrics.feed.words import STATUSES, japanese_year
from services.metrics.feed.year_end import PAPERS, file_name
from services.metrics.pages.asked import PLAIN, ReleaseNumber, Year
from services.metrics.usecases.close_year import close_year
from services.metrics.usecases.count_waiting import count_waiting
from services.metrics.usecases.find_release import find_year_release, release_of_year
from shared.audit.writing import say_made
from shared.identity.principal import Role
from shared.japanese_time import fiscal_year_of, japanese_day
from shared.web.access import Managing, require
from shared.web.rendering import render
from shared.web.requests import Moment, Transaction

router = APIRouter(
    prefix="/metrics/year-end",
    include_in_schema=False,
    dependencies=[Depends(require(Role.MANAGER))],
)


def last_finished_year(now: datetime) -> int:
    """The newest fiscal year that is over."""
    return fiscal_year_of(japanese_day(now)) - 1


@router.get("")
async def get_page(
    request: Request, connection: Transaction, now: Moment, fy: Year = None
) -> Response:
    """The release that closes the year with its hash and its files, or how to make it."""
    newest = last_finished_year(now)
    year = newest if fy is None else fy
    return render(
        request,
        "year_end.html",
        year=year,
        newest=newest,
        waiting=await count_waiting(connection),
        release=await find_year_release(connection, year),
        japanese_year=japanese_year,
        statuses=STATUSES,
    )


@router.post("")
async def post_close(
    request: Request,
    principal: Managing,
    connection: Transaction,
    now: Moment,
    fy: Annotated[int, PLAIN, Form(ge=2000, le=2100)],
) -> Response:
    """Close a year, once, and show what came of it. Refused for a year that is not over."""
    await say_made(connection, str(fy))
    await close_year(connection, request.app.state.plan, fy, made_by=principal.key, now=now)
    return RedirectResponse(f"/metrics/year-end?fy={fy}", status_code=303)


@router.get("/{number}/{paper}")
async def get_paper(
    request: Request,
    connection: Transaction,
    number: ReleaseNumber,
    paper: Literal["progress.xlsx", "summary.pdf"],
) -> Response:
    """The 進捗管理 workbook, or the year on one page."""
    release = await release_of_year(connection, number)
    make, media_type = PAPERS[paper]
    content = await asyncio.to_thread(make, release, request.app.state.plan)
    headers = {"Content-Disposition": f'attachment; filename="{file_name(paper, release)}"'}
    return Response(content, headers=headers, media_type=media_type)
