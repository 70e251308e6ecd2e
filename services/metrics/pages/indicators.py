"""The manager's page: the plan's tables with the figures as they stand today."""

from collections import Counter
from itertools import groupby

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.metrics.domain.explaining import counted_how
from services.metrics.feed.words import VERDICTS, japanese_year
from services.metrics.pages.asked import Year, asked_year
from services.metrics.pages.words import freshness_in_words, in_words
from services.metrics.storage.closing import freshness
from services.metrics.usecases.count_waiting import count_waiting
from services.metrics.usecases.show_indicators import ShownIndicator, show_indicators
from shared.japanese_time import fiscal_year_of, japanese_day
from shared.web.access import Managing
from shared.web.rendering import render
from shared.web.requests import Moment, Transaction

log = structlog.get_logger()
router = APIRouter(prefix="/metrics", include_in_schema=False)


@router.get("/indicators")
async def get_page(
    request: Request,
    principal: Managing,
    connection: Transaction,
    now: Moment,
    fy: Year = None,
) -> Response:
    """The indicators of a fiscal year, by 基本目標 and 方向性 in the plan's order."""
    plan = request.app.state.plan
    year = asked_year(fy, now)
    log.info("exact_figures_read", principal=str(principal.key), fiscal_year=year)
    shown = await show_indicators(connection, plan, year, japanese_day(now))

    pending = sum(one.status == "provisional" for one in shown)
    counts = Counter(str(one.progress.verdict) for one in shown)

    def place(one: ShownIndicator) -> tuple[int, int]:
        return one.row.goal, one.row.direction

    return render(
        request,
        "indicators.html",
        sections=[(key, list(rows)) for key, rows in groupby(shown, key=place)],
        year=year,
        pending=pending,
        closed=pending < len(shown),
        current=fiscal_year_of(japanese_day(now)),
        in_words=in_words,
        japanese_year=japanese_year,
        verdicts=VERDICTS,
        tally=[(words, counts[verdict]) for verdict, words in VERDICTS.items()],
        how=lambda one: counted_how(one.rule, plan),
        waiting=await count_waiting(connection),
        fresh=await freshness(connection),
        freshness_in_words=freshness_in_words,
        now=now,
    )
