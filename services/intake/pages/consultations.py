"""The consultation form, what it gave, and the desk's list."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.intake.domain.consultation import Consultation
from services.intake.pages.bodies import ConsultationForm, ReasonBody, SearchBody
from services.intake.pages.consultations_api import new_consultation
from services.intake.pages.context import DeskActs
from services.intake.pages.fields import CANCELLATION, CONSULTATION, SEARCH, SLIP_CHOICE
from services.intake.pages.form_guidance import Guidance, guidance
from services.intake.usecases.check_referral import offered_bases
from services.intake.usecases.correct_consultation import cancel_consultation
from services.intake.usecases.find_duplicates import find_duplicates
from services.intake.usecases.record_consultation import record_consultation
from services.intake.usecases.show_consultations import (
    ShownConsultation,
    list_consultations,
    show_consultation,
)
from shared.audit.writing import say_made
from shared.database import transaction
from shared.errors import Problem
from shared.japanese_time import japanese_day
from shared.plan.calling import calls_now
from shared.web.access import AtDesk
from shared.web.code_attempts import code_tried
from shared.web.forms import Form, Typed, local_input, read_form, validated
from shared.web.guarding import warned_kinds
from shared.web.idempotency import form_key, redirect_once
from shared.web.rendering import render
from shared.web.requests import Moment, Transaction, acts_of

router = APIRouter(prefix="/intake/consultations", include_in_schema=False)

#: As many as a page of the list shows.
PAGE = 50
_UNGUIDED = Guidance()


def _topics(typed: Typed) -> dict[str, Any]:
    """The topics with the main one among them; nothing chosen is one fault, not two."""
    chosen = typed.many("topics")
    main = typed.one("main_topic") or next(iter(chosen), "")
    if not main:
        return {"main_topic": "none"}
    return {"topics": chosen if main in chosen else [*chosen, main], "main_topic": main}


def _body(typed: Typed) -> dict[str, Any]:
    names = ("caller", "channel", "age_band", "sex", "district", "household")
    values: dict[str, Any] = {name: typed.one(name) for name in (*names, "urgency", "response")}
    values |= {
        "received_at": typed.local_time("received_at"),
        "anonymous": typed.one("anonymous") == "yes",
        "repeat": typed.one("repeat") == "yes",
        **_topics(typed),
        "memo": typed.optional("memo"),
        "memo_confirmed": typed.one("memo_confirmed") == "true",
        "case_code": typed.optional("case_code"),
    }
    if values["response"] == "refer":
        values["refer"] = {
            "to": typed.many("to"),
            "lead": typed.one("lead"),
            "reason": typed.one("refer_reason"),
            "basis": typed.one("basis"),
            "mode": typed.one("mode"),
            "authorised_by": typed.one("authorised_by"),
            "override": typed.one("override"),
        }
    return {name: value for name, value in values.items() if value is not None}


async def _form(
    request: Request,
    typed: Typed,
    principal: AtDesk,
    now: Moment,
    *,
    problem: Problem | None = None,
    guided: Guidance = _UNGUIDED,
) -> Response:
    plan = request.app.state.plan
    async with transaction(request.app.state.engine, acts_of(request)) as connection:
        bases = await offered_bases(connection, plan, now)
    agencies = [
        (agency.id, agency.name)
        for agency in plan.agencies.values()
        if agency.id != principal.agency and agency.valid_on(japanese_day(now))
    ]
    return render(
        request,
        "consultation_form.html",
        status=200 if problem is None else problem.status,
        headers={} if problem is None else problem.headers,
        form=Form(CONSULTATION, typed, problem),
        agencies=guided.first(agencies),
        guided=guided,
        topics=[(topic.id, topic.label) for topic in plan.topics.values()],
        bases=list(bases.items()),
    )


def _guidance(typed: Typed, acting: DeskActs, *, asked: bool) -> Guidance:
    topics = _topics(typed).get("topics", [])
    return guidance(typed, topics, acting.desk, acting.plan, acting.now, asked=asked)


@router.get("/new")
async def get_form(request: Request, principal: AtDesk, now: Moment) -> Response:
    """An empty form, received now."""
    first = {"received_at": local_input(now), "urgency": "normal", "channel": "visit"}
    return await _form(request, Typed(first=first), principal, now)


@router.post("/new")
async def post_form(request: Request, acting: DeskActs) -> Response:
    """Write a consultation down; a refused form comes back with what was typed.

    The same form asks for the plan's destinations, which stores nothing.
    """
    typed = await read_form(request)
    if typed.one("show") == "candidates":
        guided = _guidance(typed, acting, asked=True)
        return await _form(request, typed, acting.principal, acting.now, guided=guided)
    try:
        body = validated(ConsultationForm, _body(typed))
        engine = request.app.state.engine
        async with (
            code_tried(engine, acting.principal, body.case_code, acting.now),
            transaction(engine, acts_of(request)) as connection,
        ):

            async def act() -> str:
                new = new_consultation(body, acting)
                recorded = await record_consultation(connection, new, acting)
                await say_made(connection, recorded.record.id)
                return f"/intake/consultations/{recorded.record.id}?new=1"

            key = form_key(request, typed.one("form_key"))
            to = await redirect_once(connection, acting.principal, key, body, act)
    except Problem as problem:
        guided = _guidance(typed, acting, asked=False)
        return await _form(
            request, typed, acting.principal, acting.now, problem=problem, guided=guided
        )
    return RedirectResponse(to, status_code=303)


@router.get("")
async def get_list(request: Request, principal: AtDesk, now: Moment) -> Response:
    """This desk's consultations, newest first, of some days or of one code."""
    asked = Typed(request.query_params)
    given = {name: asked.one(name) for name in (*SEARCH, "after") if asked.one(name)}
    problem, records = None, []
    try:
        body = validated(SearchBody, given)
        engine = request.app.state.engine
        async with (
            code_tried(engine, principal, body.code, now),
            transaction(engine, acts_of(request)) as connection,
        ):
            records = await list_consultations(
                connection,
                principal.agency or "",
                first=body.first,
                last=body.last,
                after=body.after,
                code=body.code,
                limit=PAGE + 1,
            )
    except Problem as refused:
        problem = refused
    more = ""
    if len(records) > PAGE:
        records = records[:PAGE]
        more = urlencode(given | {"after": str(records[-1].id)})
    return render(
        request,
        "consultations.html",
        status=200 if problem is None else problem.status,
        headers={} if problem is None else problem.headers,
        form=Form(SEARCH, asked, problem),
        records=records,
        searched=bool(given),
        more=more,
    )


def shown_page(
    request: Request,
    shown: ShownConsultation,
    *,
    form: Form | None = None,
    choice: Form | None = None,
    new: bool = False,
    alike: Sequence[Consultation] = (),
) -> Response:
    """The page of one consultation, with the form that was refused if one was."""
    form = form or Form(CANCELLATION)
    choice = choice or Form(SLIP_CHOICE)
    problem = form.problem or choice.problem
    facts = shown.record.facts
    return render(
        request,
        "consultation.html",
        status=200 if problem is None else problem.status,
        shown=shown,
        new=new,
        alike=alike,
        calls=calls_now(request.app.state.plan, facts.topics, facts.urgency) if new else [],
        warned=warned_kinds(shown.memo) if new else [],
        form=form,
        choice=choice,
    )


@router.get("/{consultation_id}")
async def get_consultation(
    request: Request, consultation_id: UUID, principal: AtDesk, connection: Transaction
) -> Response:
    """One consultation with its code, its history, and where each leg stands."""
    shown = await show_consultation(connection, consultation_id, principal.agency or "")
    new = request.query_params.get("new") == "1"
    alike = await find_duplicates(connection, shown.record) if new else []
    return shown_page(request, shown, new=new, alike=alike)


@router.post("/{consultation_id}/cancellation")
async def post_cancellation(request: Request, consultation_id: UUID, acting: DeskActs) -> Response:
    """Mark it as entered in error."""
    typed = await read_form(request)
    engine = request.app.state.engine
    try:
        reason = validated(ReasonBody, {"reason": typed.one("reason")}).reason
        async with transaction(engine, acts_of(request)) as connection:
            await cancel_consultation(connection, consultation_id, reason, acting)
    except Problem as problem:
        async with transaction(engine, acts_of(request)) as connection:
            shown = await show_consultation(connection, consultation_id, acting.desk)
        return shown_page(request, shown, form=Form(CANCELLATION, typed, problem))
    return RedirectResponse(f"/intake/consultations/{consultation_id}", status_code=303)
