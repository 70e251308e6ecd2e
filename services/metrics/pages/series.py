"""The manager's pages behind a figure: taken apart, and the records that it was counted from."""

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.metrics.domain.explaining import counted_how
from services.metrics.domain.series import LEFT_OUT, By
from services.metrics.feed.words import japanese_year
from services.metrics.pages.asked import Year, asked_year
from services.metrics.pages.series_api import After, place_of
from services.metrics.pages.words import BY, RECORDS, in_words, key_in_words
from services.metrics.usecases.count_waiting import count_waiting
from services.metrics.usecases.show_series import row_of, show_records, show_series
from shared.japanese_time import fiscal_year_of, japanese_day
from shared.web.access import Managing
from shared.web.rendering import render
from shared.web.requests import Moment, Transaction

log = structlog.get_logger()
router = APIRouter(prefix="/metrics/indicators", include_in_schema=False)

PAGE = 100


@router.get("/{indicator}")
async def get_series_page(
    request: Request,
    principal: Managing,
    connection: Transaction,
    now: Moment,
    indicator: str,
    by: By = "month",
    fy: Year = None,
) -> Response:
    """A figure by month, district, age band or desk."""
    plan = request.app.state.plan
    year, today = asked_year(fy, now), japanese_day(now)
    log.info(
        "exact_series_read", principal=str(principal.key), indicator=indicator, fiscal_year=year
    )
    series = await show_series(connection, plan, indicator, year, by, today)
    return render(
        request,
        "series.html",
        series=series,
        waiting=await count_waiting(connection),
        how=counted_how(series.rule, plan),
        year=year,
        current=fiscal_year_of(today),
        by=by,
        words=BY,
        left_out=any(cell.key == LEFT_OUT for cell in series.cells),
        label=lambda cell: key_in_words(plan, by, cell.key),
        in_words=in_words,
        japanese_year=japanese_year,
    )


@router.get("/{indicator}/records")
async def get_records_page(
    request: Request,
    principal: Managing,
    connection: Transaction,
    now: Moment,
    indicator: str,
    fy: Year = None,
    after: After = None,
) -> Response:
    """The records behind a figure, a page of them at a time."""
    plan = request.app.state.plan
    row, year = row_of(plan, indicator), asked_year(fy, now)
    log.info(
        "exact_records_read", principal=str(principal.key), indicator=indicator, fiscal_year=year
    )
    found = await show_records(connection, plan, indicator, year, place_of(after), PAGE + 1)
    return render(
        request,
        "records.html",
        row=row,
        waiting=await count_waiting(connection),
        records=found[:PAGE],
        onward=found[PAGE - 1].place if len(found) > PAGE else None,
        year=year,
        kinds=RECORDS,
        japanese_year=japanese_year,
    )
