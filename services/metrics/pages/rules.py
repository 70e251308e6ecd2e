"""The manager's page 数え方: every rule in words, and a version that waits to be switched to."""

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.metrics.domain.explaining import counted_how
from services.metrics.feed.words import japanese_period, japanese_year
from services.metrics.pages.rules_api import SwitchBody
from services.metrics.pages.words import in_words
from services.metrics.usecases.count_waiting import count_waiting
from services.metrics.usecases.show_rules import show_rules
from services.metrics.usecases.switch_rule import switch_rule
from shared.database import transaction
from shared.errors import Problem
from shared.identity.principal import Principal
from shared.japanese_time import japanese_day
from shared.web.access import Managing
from shared.web.forms import read_form, validated
from shared.web.rendering import render
from shared.web.requests import Moment, acts_of

log = structlog.get_logger()
router = APIRouter(prefix="/metrics/rules", include_in_schema=False)


async def _page(
    request: Request, principal: Principal, now: Moment, problem: Problem | None = None
) -> Response:
    plan = request.app.state.plan
    log.info("exact_rules_read", principal=str(principal.key))
    async with transaction(request.app.state.engine, acts_of(request)) as connection:
        shown = await show_rules(connection, plan, japanese_day(now))
        waiting = await count_waiting(connection)
    return render(
        request,
        "rules.html",
        status=200 if problem is None else problem.status,
        shown=shown,
        to_switch=[one for one in shown if one.waiting is not None],
        waiting=waiting,
        problem=problem,
        done=request.query_params.get("done") == "switched" and problem is None,
        how=lambda rule: counted_how(rule, plan),
        in_words=in_words,
        japanese_year=japanese_year,
        month_in_words=japanese_period,
    )


@router.get("")
async def get_rules_page(request: Request, principal: Managing, now: Moment) -> Response:
    """How every indicator is counted, first of all those where another version waits."""
    return await _page(request, principal, now)


@router.post("/{indicator}/switch")
async def post_switch_page(
    request: Request, principal: Managing, now: Moment, indicator: str
) -> Response:
    """Switch, and show the page again."""
    typed = await read_form(request)
    given = typed.one("version")
    short = given.isdecimal() and len(given) < 10
    try:
        body = validated(SwitchBody, {"version": int(given) if short else given})
        async with transaction(request.app.state.engine, acts_of(request)) as connection:
            await switch_rule(connection, indicator, body.version, principal, now)
    except Problem as problem:
        return await _page(request, principal, now, problem)
    return RedirectResponse("/metrics/rules?done=switched", status_code=303)
