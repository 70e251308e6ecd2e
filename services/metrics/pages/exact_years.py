"""The manager's page of one indicator, year beside year: exact, by role, and logged."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.metrics.domain.changes import FLOWS, Change, broken_between
from services.metrics.domain.explaining import counted_how
from services.metrics.feed.words import NOTE_KINDS, japanese_year
from services.metrics.pages.asked import PLAIN, Year, asked_year
from services.metrics.pages.charts import draw
from services.metrics.pages.plots import Shown, plot_months, plot_years
from services.metrics.pages.published_words import change_in_words
from services.metrics.pages.words import in_words
from services.metrics.usecases.count_waiting import count_waiting
from services.metrics.usecases.show_years import ShownYear, Years, show_years
from shared.japanese_time import japanese_day
from shared.web.access import Managing
from shared.web.rendering import render
from shared.web.requests import Moment, Transaction

log = structlog.get_logger()
router = APIRouter(prefix="/metrics/indicators", include_in_schema=False)

#: So many fiscal years can stand beside each other.
Number = Annotated[int, PLAIN, Query(ge=2, le=10)]
NOT_BEGUN = "まだ始まっていません"
_MONTHS = (*range(4, 13), *range(1, 4))


def changes_of(shown: Years, baseline_year: int) -> Mapping[int, Change]:
    """From each year to the next, as far as the two can be compared.

    The plan's 現状 stands for its own year until that was published: what was typed in of it is
    no whole year. A year that goes on is not compared where figures add up.
    """
    found: dict[int, Change] = {}
    before: ShownYear | None = None
    for one in shown.years:
        former: Decimal | None = None if before is None else before.value.value
        from_plan = (
            one.year - 1 == baseline_year
            and shown.row.baseline_value is not None
            and not shown.published
        )
        if from_plan:
            former = shown.row.baseline_value
        if one.value.value is None or former is None:
            found[one.year] = Change(None, "unknown")
        elif shown.row.kind in FLOWS and not one.finished:
            found[one.year] = Change(None, "unfinished")
        elif (from_plan and shown.newer) or broken_between(shown.notes, one.year - 1, one.year):
            found[one.year] = Change(None, "broken")
        else:
            found[one.year] = Change(one.value.value - former, from_plan=from_plan)
        before = one
    return found


def _shown(one: ShownYear) -> Shown:
    value = one.value.value
    if not one.begun:
        return Shown(None, meaning=NOT_BEGUN)
    return Shown(value, "" if value is not None else "-", "値なし", not one.finished)


@router.get("/{indicator}/years")
async def get_years_page(
    request: Request,
    principal: Managing,
    connection: Transaction,
    now: Moment,
    indicator: str,
    fy: Year = None,
    number: Number = 3,
) -> Response:
    """The fiscal years that end with this one, their quarters and months, and two charts."""
    plan = request.app.state.plan
    year, today = asked_year(fy, now), japanese_day(now)
    log.info(
        "exact_years_read", principal=str(principal.key), indicator=indicator, fiscal_year=year
    )
    shown = await show_years(connection, plan, indicator, year, number, today)
    own = shown.years[-1]
    months = {
        str(cell.key): Shown(cell.value.value, provisional=not own.finished)
        for cell in own.months
        if cell.value.value is not None
    }
    counted = shown.row.kind != "milestone"
    of_years = {one.year: _shown(one) for one in shown.years}
    return render(
        request,
        "exact_years.html",
        shown=shown,
        waiting=await count_waiting(connection),
        how=counted_how(shown.rule, plan),
        not_begun=NOT_BEGUN,
        years_chart=draw(plot_years(shown.row, plan, of_years, shown.notes)) if counted else None,
        months_chart=draw(plot_months(shown.row, months, shown.notes)) if months else None,
        changes=changes_of(shown, plan.baseline_year),
        change_in_words=change_in_words,
        months=_MONTHS,
        year=year,
        number=number,
        note_kinds=NOTE_KINDS,
        in_words=in_words,
        japanese_year=japanese_year,
    )
