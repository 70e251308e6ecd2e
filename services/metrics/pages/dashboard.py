"""The public pages of a release: the plan's tables, each indicator, hand-offs, and paper."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.published import PlanLine, Published
from services.metrics.pages.asked import ReleaseNumber, Year
from services.metrics.pages.published_view import (
    behind_of,
    handoffs_of,
    is_unfinished,
    sections_of,
    tally_of,
    years_of,
)
from services.metrics.pages.published_words import WORDS, paper_style
from services.metrics.storage.releases import StoredRelease
from services.metrics.usecases.find_release import current_of, find_current, later_than
from services.metrics.usecases.read_release import list_releases, read_release
from shared.errors import NotFound
from shared.plan import Plan
from shared.web.access import public
from shared.web.rendering import render
from shared.web.requests import PublicTransaction

router = APIRouter(prefix="/metrics", include_in_schema=False, dependencies=[Depends(public)])


async def _page(
    request: Request,
    connection: AsyncConnection,
    release: StoredRelease,
    template: str,
    **shown: Any,
) -> Response:
    """A page of the release; beside it stands which other releases there are."""
    heads = await list_releases(connection)
    current = current_of(heads)
    return render(
        request,
        template,
        release=release,
        document=release.document,
        heads=heads,
        current=current,
        later=later_than(current, heads),
        **WORDS,
        **shown,
    )


def _tables(document: Published, plan: Plan) -> dict[str, Any]:
    """What the plan's tables are drawn from."""
    return {
        "sections": list(sections_of(document, plan)),
        "years": years_of(document),
        "unfinished": is_unfinished(document),
        "tally": tally_of(document),
    }


def _line(document: Published, indicator: str) -> PlanLine:
    """The indicator's first row. Raises NotFound."""
    for line in document.lines:
        if line.id == indicator:
            return line
    raise NotFound("indicator-not-found", "この指標は見つかりませんでした。")


@router.get("/")
async def get_newest(request: Request, connection: PublicTransaction, fy: Year = None) -> Response:
    """The current release, of all or of a fiscal year, or a page that says that there is none."""
    heads = await list_releases(connection)
    if not heads:
        return render(request, "dashboard_empty.html")
    head = await find_current(connection, fiscal_year=fy)
    release = await read_release(connection, head.number)
    shown = _tables(release.document, request.app.state.plan)
    return await _page(request, connection, release, "dashboard.html", **shown)


@router.get("/releases/{number}")
async def get_release(
    request: Request, connection: PublicTransaction, number: ReleaseNumber
) -> Response:
    """One release, at its permanent address."""
    release = await read_release(connection, number)
    shown = _tables(release.document, request.app.state.plan)
    return await _page(request, connection, release, "dashboard.html", **shown)


@router.get("/releases/{number}/paper")
async def get_paper(
    request: Request, connection: PublicTransaction, number: ReleaseNumber
) -> Response:
    """All of the release on one page, to be printed: tables, each indicator once, hand-offs."""
    release = await read_release(connection, number)
    document, plan = release.document, request.app.state.plan
    once = {line.id: line for line in reversed(document.lines)}
    ordered = sorted(once.values(), key=lambda line: line.row)
    shown = _tables(document, plan) | {
        "behinds": [behind_of(document, plan, line) for line in ordered],
        "handoffs": handoffs_of(document, plan),
    }
    return await _page(request, connection, release, "published_paper.html", **shown)


@router.get("/releases/{number}/paper.css")
async def get_paper_style(connection: PublicTransaction, number: ReleaseNumber) -> Response:
    """What the printed pages of a release repeat; a style sheet of its own, as the policy asks."""
    release = await read_release(connection, number)
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(paper_style(release.document), media_type="text/css", headers=headers)


@router.get("/releases/{number}/handoffs")
async def get_handoffs(
    request: Request, connection: PublicTransaction, number: ReleaseNumber
) -> Response:
    """The flow of hand-offs, and the needs that nobody could meet."""
    release = await read_release(connection, number)
    shown = handoffs_of(release.document, request.app.state.plan)
    return await _page(request, connection, release, "published_handoffs.html", handoffs=shown)


@router.get("/releases/{number}/indicators/{indicator}")
async def get_indicator(
    request: Request, connection: PublicTransaction, number: ReleaseNumber, indicator: str
) -> Response:
    """One indicator: its charts, its breakdowns, how it was counted."""
    release = await read_release(connection, number)
    line = _line(release.document, indicator)
    shown = behind_of(release.document, request.app.state.plan, line)
    return await _page(request, connection, release, "published_indicator.html", behind=shown)
