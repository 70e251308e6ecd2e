"""The machine interface of the metrics service: exact figures for managers, each look logged."""

from decimal import Decimal
from typing import Any

import structlog
from fastapi import APIRouter, Request
from pydantic import BaseModel

from services.metrics.domain.explaining import counted_how
from services.metrics.pages.asked import Year, asked_year
from services.metrics.pages.waiting import SAID, Waiting
from services.metrics.usecases.show_indicators import ShownIndicator, show_indicators
from shared.japanese_time import japanese_day
from shared.plan import Plan
from shared.web.access import Managing
from shared.web.requests import Moment, Transaction

log = structlog.get_logger()
router = APIRouter(prefix="/metrics/api", tags=["metrics"])


class ProgressBody(BaseModel):
    """Where the indicator stands on its path, and why, in words.

    `ratio` and `expected` are null where the year goes on and figures add up, or a value is to
    be held: `reason` says with what the figure was compared.
    """

    ratio: float | None
    expected: float | None
    verdict: str
    reason: str


class IndicatorBody(BaseModel):
    """One row of the plan with its figure. `baseline` and `target` are the plan's own words."""

    row: int
    id: str
    name: str
    goal: int
    direction: int
    owner: str
    kind: str
    unit: str
    baseline: str | None
    baseline_value: int | float | None
    target: str | None
    target_value: int | float | None
    value: int | float | None
    numerator: int | float | None = None
    denominator: int | float | None = None
    state: str | None = None
    sense: str
    progress: ProgressBody
    status: str
    as_of: str | None
    definition_version: int
    counted_how: str
    waiting_events: int


def number(value: Decimal | None) -> Any:
    """A decimal as a JSON number: whole numbers stay whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def indicator_body(shown: ShownIndicator, plan: Plan, waiting: int) -> IndicatorBody:
    """The row as the machine interface gives it; `waiting` events may still change it."""
    row, value, progress = shown.row, shown.value, shown.progress
    return IndicatorBody(
        row=row.row,
        id=row.id,
        name=row.name,
        goal=row.goal,
        direction=row.direction,
        owner=row.owner,
        kind=row.kind,
        unit=row.unit,
        baseline=row.baseline,
        baseline_value=number(row.baseline_value),
        target=row.target,
        target_value=number(row.target_value),
        value=number(value.value),
        numerator=number(value.numerator),
        denominator=number(value.denominator),
        state=value.state,
        sense=row.sense,
        progress=ProgressBody(
            ratio=number(progress.ratio),
            expected=number(progress.expected),
            verdict=progress.verdict,
            reason=shown.reason,
        ),
        status=shown.status,
        as_of=None if value.as_of is None else value.as_of.isoformat(),
        definition_version=shown.rule.version,
        counted_how=counted_how(shown.rule, plan).in_one,
        waiting_events=waiting,
    )


@router.get("/indicators", response_model_exclude_none=False, responses=SAID)
async def get_indicators(
    request: Request,
    principal: Managing,
    connection: Transaction,
    now: Moment,
    waiting: Waiting,
    fy: Year = None,
) -> list[IndicatorBody]:
    """The plan's 40 rows with the exact figures of a fiscal year.

    `waiting_events`: so many events could not be counted yet, and may still change figures.
    """
    year = asked_year(fy, now)
    log.info("exact_figures_read", principal=str(principal.key), fiscal_year=year)
    plan = request.app.state.plan
    shown = await show_indicators(connection, plan, year, japanese_day(now))
    return [indicator_body(one, plan, waiting) for one in shown]
