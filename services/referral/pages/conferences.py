"""The pages of conferences 会議: the list, the agenda, the decisions, and the printable sheet."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.referral.domain.agency_life import door_fault
from services.referral.domain.conference import FOOTINGS
from services.referral.pages.conference_bodies import CancelBody, ConferenceBody
from services.referral.pages.conference_forms import (
    AGENDA,
    CANCEL,
    DecisionSheet,
    agenda_page,
    agenda_values,
)
from services.referral.pages.conference_kept import KEPT, kept_words, renumbered
from services.referral.pages.context import AgencyActs
from services.referral.usecases.acting import Acting
from services.referral.usecases.cancel_conference import cancel_conference
from services.referral.usecases.hold_conference import hold_conference
from services.referral.usecases.show_conferences import (
    AgendaCase,
    list_conferences,
    prepare_conference,
    show_agenda,
    show_conference,
    watch_agenda,
)
from services.referral.usecases.show_destinations import current_day
from shared.audit.writing import say_made
from shared.database import transaction
from shared.errors import Forbidden, NotFound, Problem
from shared.japanese_time import japanese_day
from shared.web.access import asked_by_page
from shared.web.forms import Form, Typed, read_form, validated
from shared.web.idempotency import form_key, redirect_once
from shared.web.rendering import render
from shared.web.requests import Transaction, acts_of

router = APIRouter(prefix="/referral/conferences", include_in_schema=False)

_DONE = {
    "held": "会議を記録しました。決まったことは、それぞれのケースに反映しました。",
    "cancelled": "会議の記録を取り消しました。決まったことは、そのまま残っています。",
}


@router.get("")
async def get_conferences(
    request: Request, connection: Transaction, acting: AgencyActs
) -> Response:
    """The conferences in which this agency took part."""
    found = await list_conferences(connection, acting)
    return render(request, "conferences.html", found=found)


@router.get("/new")
async def get_new(request: Request, acting: AgencyActs) -> Response:
    """Choose the agenda; once it is chosen, write down what was decided."""
    if "step" in request.query_params:
        return await _decisions_page(request, acting, Typed(request.query_params))
    return await _agenda_page(request, acting, Typed(request.query_params))


@router.post("/new")
async def post_new(request: Request, acting: AgencyActs) -> Response:
    """Record the conference; what it decided happens with that."""
    typed = await read_form(request)
    try:
        decided: dict[str, Any] = {"decisions": DecisionSheet(typed).decisions()}
        words = {"minutes": typed.one("minutes")}
        body = validated(ConferenceBody, agenda_values(typed) | decided | words)
        async with transaction(request.app.state.engine, acts_of(request)) as connection:

            async def act() -> str:
                held = await hold_conference(connection, body.conference(acting), acting)
                await say_made(connection, held.id)
                return f"/referral/conferences/{held.id}?done=held"

            key = form_key(request, typed.one("form_key"))
            to = await redirect_once(connection, acting.principal, key, body, act)
    except Forbidden:
        raise
    except Problem as problem:
        return await _decisions_page(request, acting, typed, problem)
    return RedirectResponse(to, status_code=303)


@router.post("/new/agenda")
async def post_agenda(request: Request, acting: AgencyActs) -> Response:
    """Choose the agenda anew, with what was decided and written so far."""
    return await _agenda_page(request, acting, await read_form(request))


@router.post("/new/decisions")
async def post_decisions(request: Request, acting: AgencyActs) -> Response:
    """Go on writing after the agenda was chosen anew."""
    return await _decisions_page(request, acting, renumbered(await read_form(request)))


@router.get("/{conference_id}")
async def get_conference(request: Request, conference_id: UUID, acting: AgencyActs) -> Response:
    """The sheet of one conference, as it is printed."""
    return await _sheet_page(request, conference_id, acting)


@router.post("/{conference_id}/cancellation")
async def post_cancellation(request: Request, conference_id: UUID, acting: AgencyActs) -> Response:
    """Take back the record of a conference."""
    typed = await read_form(request)
    try:
        body = validated(CancelBody, {"reason": typed.one("reason")})
        async with transaction(request.app.state.engine, acts_of(request)) as connection:

            async def act() -> str:
                await cancel_conference(connection, conference_id, body.reason, acting)
                return f"/referral/conferences/{conference_id}?done=cancelled"

            key = form_key(request, typed.one("form_key"))
            to = await redirect_once(connection, acting.principal, key, body, act)
    except (Forbidden, NotFound):
        raise
    except Problem as problem:
        form = Form(CANCEL, typed, problem)
        return await _sheet_page(request, conference_id, acting, refused=form)
    return RedirectResponse(to, status_code=303)


async def _agenda_page(
    request: Request, acting: Acting, typed: Typed, problem: Problem | None = None
) -> Response:
    async with transaction(request.app.state.engine, acts_of(request)) as connection:
        agenda = await show_agenda(connection, acting)
        day = await current_day(connection, acting.plan, acting.now)
    today = japanese_day(acting.now)
    chosen, kept = any(typed.one(name) for name in AGENDA), kept_words(typed)
    days = {today, _day_of(typed) or today}
    others = [
        name
        for name in acting.plan.agencies
        if name != acting.agency and any(day.was_there(name, one) for one in days)
    ]
    return render(
        request,
        "conference_agenda.html",
        status=200 if problem is None else problem.status,
        form=Form(
            AGENDA if kept is None else {**KEPT, **AGENDA},
            typed if chosen or problem else Typed(first={"held_on": today.isoformat()}),
            problem,
        ),
        kept=kept,
        agenda=agenda,
        agencies=[(name, acting.plan.agency_name(name)) for name in others],
    )


def _day_of(typed: Typed) -> date | None:
    """The day of the conference as it was typed, None where that is no day."""
    try:
        return date.fromisoformat(typed.one("held_on"))
    except ValueError:
        return None


async def _decisions_page(
    request: Request, acting: Acting, typed: Typed, problem: Problem | None = None
) -> Response:
    """The second step; the first one again when the agenda itself cannot be taken."""
    try:
        body = validated(ConferenceBody, agenda_values(typed))
        conference = body.conference(acting)
        async with transaction(request.app.state.engine, acts_of(request)) as connection:
            agenda: Sequence[AgendaCase | None] = (
                await watch_agenda(connection, conference, acting)
                if asked_by_page(request)
                else await prepare_conference(connection, conference, acting)
            )
            day = await current_day(connection, acting.plan, acting.now)
    except Forbidden:
        raise
    except Problem as refused:
        return await _agenda_page(request, acting, typed, refused)
    there = [
        name
        for name in (*conference.agencies, *acting.plan.agencies)
        if door_fault(day, name, conference.held_on) is None
    ]
    return render(
        request,
        "conference_decisions.html",
        status=200 if problem is None else problem.status,
        form=Form(DecisionSheet(typed).fields(agenda), typed, problem),
        kept=kept_words(typed),
        conference=conference,
        own_page=agenda_page(conference),
        agenda=agenda,
        may=FOOTINGS[body.kind].decisions,
        leads=[
            (name, acting.plan.agency_name(name) + ("（参加）" if conference.attends(name) else ""))
            for name in dict.fromkeys(there)
        ],
    )


async def _sheet_page(
    request: Request, conference_id: UUID, acting: Acting, *, refused: Form | None = None
) -> Response:
    async with transaction(request.app.state.engine, acts_of(request)) as connection:
        shown = await show_conference(connection, conference_id, acting)
    problem = None if refused is None else refused.problem
    return render(
        request,
        "conference.html",
        status=200 if problem is None else problem.status,
        shown=shown,
        form=refused or Form(CANCEL),
        may_cancel=acting.agency == shown.conference.convener
        and shown.conference.cancelled_at is None,
        done="" if refused else _DONE.get(request.query_params.get("done", ""), ""),
        now=acting.now,
    )
