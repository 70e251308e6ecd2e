"""The machine interface to counting rules: what waits, what it would change, and the switch."""

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StrictInt

from services.metrics.domain.explaining import CountedHow, counted_how
from services.metrics.domain.rule_versions import RuleState
from services.metrics.domain.values import Value
from services.metrics.pages.api import number
from services.metrics.pages.waiting import SAID, Waiting
from services.metrics.usecases.count_waiting import count_waiting
from services.metrics.usecases.show_rules import Compared, ShownRule, show_rules
from services.metrics.usecases.switch_rule import switch_rule
from shared.japanese_time import japanese_day
from shared.plan import Plan
from shared.web.access import Managing
from shared.web.models import ApiModel
from shared.web.requests import Moment, Transaction

log = structlog.get_logger()
router = APIRouter(prefix="/metrics/api/rules", tags=["metrics"])


class SwitchBody(ApiModel):
    """The version that the manager has looked at."""

    version: Annotated[StrictInt, Field(ge=1, le=32_767)]


class HowBody(BaseModel):
    """A version of a rule in words."""

    version: int
    since: str
    counted_how: str
    records: str
    conditions: list[str]
    left_out: list[str]


class ComparedBody(BaseModel):
    """A figure by both versions; a milestone's is its state."""

    old: int | float | str | None
    new: int | float | str | None
    differs: bool


class ComparedMonth(ComparedBody):
    """The same of a month."""

    month: str


class ComparedYear(ComparedBody):
    """The same of a fiscal year, with its months."""

    fiscal_year: int
    months: list[ComparedMonth]


class WaitingBody(HowBody):
    """A version that waits: `counting` or `ready`; `years` are there once it is ready."""

    state: RuleState
    years: list[ComparedYear]


class RuleBody(HowBody):
    """The rule in force of an indicator, and the version that waits, if any.

    `waiting_events`: so many events are in the figures of neither version yet.
    """

    indicator: str
    row: int
    name: str
    waiting: WaitingBody | None
    waiting_events: int


def _said(value: Value) -> int | float | str | None:
    said: int | float | str | None = value.state or number(value.value)
    return said


def _compared(one: Compared) -> dict[str, Any]:
    return {"old": _said(one.old), "new": _said(one.new), "differs": one.differs}


def _how(how: CountedHow, since: str) -> dict[str, Any]:
    return {
        "version": how.version,
        "since": since,
        "counted_how": how.in_one,
        "records": how.records,
        "conditions": list(how.conditions),
        "left_out": list(how.left_out),
    }


def _waiting(shown: ShownRule, plan: Plan) -> WaitingBody | None:
    if shown.waiting is None:
        return None
    rule = shown.waiting.rule
    years = [
        ComparedYear(
            fiscal_year=int(year.key),
            months=[ComparedMonth(month=one.key, **_compared(one)) for one in year.months],
            **_compared(year),
        )
        for year in shown.years
    ]
    how = _how(counted_how(rule, plan), rule.since.isoformat())
    return WaitingBody(state=shown.waiting.state, years=years, **how)


def _body(shown: ShownRule, plan: Plan, waiting: int) -> RuleBody:
    return RuleBody(
        indicator=shown.row.id,
        row=shown.row.row,
        name=shown.row.name,
        waiting=_waiting(shown, plan),
        waiting_events=waiting,
        **_how(counted_how(shown.rule, plan), shown.rule.since.isoformat()),
    )


@router.get("", responses=SAID)
async def get_rules(
    request: Request,
    principal: Managing,
    connection: Transaction,
    now: Moment,
    waiting: Waiting,
) -> list[RuleBody]:
    """How each indicator is counted, and what a version that waits would change."""
    log.info("exact_rules_read", principal=str(principal.key))
    plan = request.app.state.plan
    shown = await show_rules(connection, plan, japanese_day(now))
    return [_body(one, plan, waiting) for one in shown]


@router.post("/{indicator}/switch")
async def post_switch(
    request: Request,
    principal: Managing,
    connection: Transaction,
    now: Moment,
    indicator: str,
    body: SwitchBody,
) -> RuleBody:
    """Count the indicator by the version that waits, from now on everywhere."""
    await switch_rule(connection, indicator, body.version, principal, now)
    plan = request.app.state.plan
    shown = await show_rules(connection, plan, japanese_day(now))
    waiting = await count_waiting(connection)
    return next(_body(one, plan, waiting) for one in shown if one.row.id == indicator)
