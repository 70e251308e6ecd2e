"""The pages of releases: what was published, and the manager's form to close a period."""

from datetime import datetime

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.metrics.domain.flow import percentile
from services.metrics.domain.published import Cell
from services.metrics.domain.revisions import Change
from services.metrics.feed.words import STATUSES, japanese_period, japanese_year
from services.metrics.pages.asked import Year, asked_year
from services.metrics.pages.releases_api import ReleaseBody
from services.metrics.usecases.count_waiting import count_waiting
from services.metrics.usecases.find_release import current_of
from services.metrics.usecases.make_release import Prepared, make_release, prepare_release
from services.metrics.usecases.read_release import list_releases
from services.metrics.usecases.show_flow import show_flow
from shared.audit.writing import say_made
from shared.database import transaction
from shared.errors import Problem
from shared.japanese_time import fiscal_year_of, japanese_day
from shared.plan import Plan
from shared.web.access import Managing, SignedIn
from shared.web.forms import Field, Form, Typed, read_form, validated
from shared.web.idempotency import form_key, redirect_once
from shared.web.rendering import render
from shared.web.requests import Moment, Transaction, acts_of

log = structlog.get_logger()
router = APIRouter(prefix="/metrics", include_in_schema=False)

_FIELDS = {
    "period": Field("公表する期間", "選んでください。"),
    "reason": Field("理由"),
    "unfinished": Field("まだ終わっていない期間"),
}
#: How many changes a preview shows.
_MOST = 60
_TABLES = {"month": "月別", "district": "地区別", "age_band": "年代別", "unmet": "制度の狭間"}


def said(cell: Cell | None) -> str:
    """A published cell in words; nothing where there was none."""
    if cell is None:
        return "（なし）"
    if cell.value is not None:
        return f"{cell.value.normalize():,f}"
    return getattr(cell, "state", None) or {"x": "x（秘匿）"}.get(cell.mark, cell.mark)


def place_words(plan: Plan, change: Change) -> str:
    """Where a changed cell stands, in words."""
    table, owner, key = change.place
    names = {row.id: row.name for row in plan.indicators}
    if table.startswith("flow "):
        return f"つなぎ：{plan.agency_name(table.removeprefix('flow '))}　{japanese_period(owner)}"
    if table == "unmet":
        topic = plan.topics.get(owner)
        return f"制度の狭間：{owner if topic is None else topic.label}"
    name = names.get(owner, owner)
    if table == "year":
        return name
    where = japanese_period(key) if table == "month" else plan.label(table, key)
    return f"{name}　{_TABLES[table]}：{where}"


def _choices(now: datetime) -> list[tuple[str, str]]:
    """The periods that a manager may want: the last two years and their months, newest first."""
    today = japanese_day(now)
    current = fiscal_year_of(today)
    found = []
    for year in (current, current - 1, current - 2):
        found.append((str(year), japanese_period(str(year))))
        months = [f"{year + 1}-{n:02d}" for n in (3, 2, 1)]
        months += [f"{year}-{n:02d}" for n in range(12, 3, -1)]
        found += [(m, japanese_period(m)) for m in months if m <= f"{today:%Y-%m}"]
    return found


@router.get("/releases")
async def get_page(request: Request, _: SignedIn, connection: Transaction, now: Moment) -> Response:
    """The list of releases; managers find the form below it."""
    return await _show(request, connection, now, Typed(first={}))


async def _show(
    request: Request,
    connection: Transaction,
    now: datetime,
    typed: Typed,
    problem: Problem | None = None,
    prepared: Prepared | None = None,
) -> Response:
    found = [] if prepared is None else prepared.changes
    if prepared is not None and prepared.first:
        found = [change for change in found if change.place[0] == "year"]
    heads = await list_releases(connection)
    return render(
        request,
        "releases.html",
        status=200 if problem is None else problem.status,
        releases=heads,
        current=current_of(heads) if heads else None,
        form=Form(_FIELDS, typed, problem),
        choices=_choices(now),
        prepared=prepared,
        waiting=await count_waiting(connection),
        shown=found[:_MOST],
        made=request.query_params.get("made") if problem is None else None,
        statuses=STATUSES,
        period_words=japanese_period,
        place_words=place_words,
        said=said,
    )


@router.post("/releases")
async def post_release(request: Request, principal: Managing, now: Moment) -> Response:
    """Show what a release would change, or make it."""
    typed = await read_form(request)
    plan = request.app.state.plan
    engine = request.app.state.engine
    try:
        values: dict[str, object] = {"period": typed.exact("period"), "reason": typed.one("reason")}
        values["unfinished"] = typed.one("unfinished") == "true"
        body = validated(ReleaseBody, values)
        if typed.one("act") != "make":
            async with transaction(engine, acts_of(request)) as connection:
                prepared = await prepare_release(connection, plan, body.wanted(), now)
                return await _show(request, connection, now, typed, prepared=prepared)
        async with transaction(engine, acts_of(request)) as connection:

            async def act() -> str:
                wanted = body.wanted()
                made = await make_release(connection, plan, wanted, made_by=principal.key, now=now)
                await say_made(connection, str(made.number))
                return f"/metrics/releases?made={made.number}"

            key = form_key(request, typed.one("form_key"))
            to = await redirect_once(connection, principal, key, body, act)
    except Problem as problem:
        async with transaction(engine, acts_of(request)) as connection:
            return await _show(request, connection, now, typed, problem)
    return RedirectResponse(to, status_code=303)


@router.get("/flow")
async def get_flow(
    request: Request, principal: Managing, connection: Transaction, now: Moment, fy: Year = None
) -> Response:
    """The exact flow of hand-offs of a fiscal year."""
    year = asked_year(fy, now)
    log.info("exact_figures_read", principal=str(principal.key), fiscal_year=year)
    shown = await show_flow(connection, year, japanese_day(now))
    return render(
        request,
        "flow.html",
        year=year,
        current=fiscal_year_of(japanese_day(now)),
        shown=shown,
        waiting=await count_waiting(connection),
        japanese_year=japanese_year,
        period_words=japanese_period,
        percentile=percentile,
        now=now,
    )
