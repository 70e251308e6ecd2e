"""The machine interface to what stands behind a figure: exact, for managers, each look logged."""

from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from services.metrics.domain.records import Place, Record
from services.metrics.domain.series import By
from services.metrics.pages.api import number
from services.metrics.pages.asked import PLAIN, Year, asked_year
from services.metrics.pages.waiting import SAID, Waiting
from services.metrics.pages.words import key_in_words
from services.metrics.usecases.show_series import show_records, show_series
from shared.errors import InvalidInput
from shared.japanese_time import japanese_day
from shared.web.access import Managing
from shared.web.requests import Moment, Transaction

log = structlog.get_logger()
router = APIRouter(prefix="/metrics/api/indicators", tags=["metrics"])

#: Behind which record a list goes on: the `place` of the last one seen.
After = Annotated[
    str | None, Query(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9]{1,18}$", max_length=40)
]


def place_of(after: str | None) -> Place | None:
    """The place that was asked for. Raises InvalidInput for a day that does not exist."""
    try:
        return None if after is None else Place.read(after)
    except ValueError:
        detail = "続きの場所が読めません。はじめから見てください。"
        raise InvalidInput.field("after", code="unknown-place", detail=detail) from None


class CellBody(BaseModel):
    """A figure of a breakdown. `key` is a month or a code; null where the records do not say.

    `left-out`: consultations about violence, in the total and in no district or age band.
    `waiting_events`: so many events could not be counted yet.
    """

    key: str | None
    label: str
    value: int | float | None
    numerator: int | float | None = None
    denominator: int | float | None = None
    state: str | None = None
    waiting_events: int


class RecordBody(BaseModel):
    """One record's share. `place` is for `after`; `id` is the consultation's for a leg.

    The district stands at activities alone. `waiting_events` are not among the records yet.
    """

    place: str
    id: UUID
    kind: str
    day: str
    desk: str | None
    district: str | None
    part: str | None
    quantity: int | float | None
    numerator: int | float | None
    denominator: int | float | None
    state: str | None
    waiting_events: int

    @classmethod
    def of(cls, record: Record, waiting: int) -> "RecordBody":
        """The record as the machine interface gives it."""
        return cls(
            place=str(record.place),
            id=record.id,
            kind=record.kind,
            day=record.day.isoformat(),
            desk=record.desk,
            district=record.district,
            part=record.part,
            quantity=number(record.quantity),
            numerator=number(record.numerator),
            denominator=number(record.denominator),
            state=record.state,
            waiting_events=waiting,
        )


@router.get("/{indicator}/series", responses=SAID)
async def get_series(
    request: Request,
    principal: Managing,
    connection: Transaction,
    now: Moment,
    waiting: Waiting,
    indicator: str,
    by: By = "month",
    fy: Year = None,
) -> list[CellBody]:
    """The exact figure of a fiscal year by month, district, age band or desk.

    Empty where the indicator cannot be taken apart like this, or has no figure.
    Months add up for what is counted in a year; registers, states and rates are shown as each
    month ends.
    """
    plan = request.app.state.plan
    year = asked_year(fy, now)
    log.info(
        "exact_series_read", principal=str(principal.key), indicator=indicator, fiscal_year=year
    )
    today = japanese_day(now)
    series = await show_series(connection, plan, indicator, year, by, today)
    return [
        CellBody(
            key=cell.key,
            label=key_in_words(plan, by, cell.key),
            value=number(cell.value.value),
            numerator=number(cell.value.numerator),
            denominator=number(cell.value.denominator),
            state=cell.value.state,
            waiting_events=waiting,
        )
        for cell in series.cells
    ]


@router.get("/{indicator}/records", responses=SAID)
async def get_records(
    request: Request,
    principal: Managing,
    connection: Transaction,
    now: Moment,
    waiting: Waiting,
    indicator: str,
    fy: Year = None,
    limit: Annotated[int, PLAIN, Query(ge=1, le=500)] = 100,
    after: After = None,
) -> list[RecordBody]:
    """The records behind the figure of a fiscal year, by their days."""
    year = asked_year(fy, now)
    log.info(
        "exact_records_read", principal=str(principal.key), indicator=indicator, fiscal_year=year
    )
    plan = request.app.state.plan
    found = await show_records(connection, plan, indicator, year, place_of(after), limit)
    return [RecordBody.of(record, waiting) for record in found]
