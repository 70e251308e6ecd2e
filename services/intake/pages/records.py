"""The forms for activities and reported figures."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.intake.domain.activity import ActivityFacts
from services.intake.domain.figure import FigureFacts
from services.intake.domain.reported import reported_form
from services.intake.pages.bodies import ActivityBody, FigureBody
from services.intake.pages.context import DeskActs, ReporterActs
from services.intake.pages.fields import ACTIVITY, FIGURE
from services.intake.usecases.record_activity import record_activity
from services.intake.usecases.report_figure import report_figure
from shared.audit.writing import say_made
from shared.database import transaction
from shared.errors import Problem
from shared.web.forms import Field, Form, Typed, read_form, validated
from shared.web.idempotency import form_key, redirect_once
from shared.web.rendering import render
from shared.web.requests import acts_of

router = APIRouter(prefix="/intake", include_in_schema=False)


def _whole(text: str) -> int | str | None:
    """A number as the model takes it; other text, and an endless one, stays to be refused."""
    plain = text.replace(",", "")
    if not plain:
        return None
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 20 else text


def _number(text: str) -> Decimal | str | None:
    """A number with a fraction as the model takes it; other text stays to be refused."""
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return text


#: Each form's fields by its template.
FORMS: dict[str, Mapping[str, Field]] = {
    "activity_form.html": ACTIVITY,
    "figure_form.html": FIGURE,
}


def _show(
    request: Request, template: str, typed: Typed, problem: Problem | None = None
) -> Response:
    plan = request.app.state.plan
    figures = [
        (row.id, row.name)
        for row in plan.indicators
        if row.same_as is None and reported_form(plan, row.id) is not None
    ]
    status = 200 if problem is None else problem.status
    saved = request.query_params.get("saved") == "1" and problem is None
    return render(
        request,
        template,
        status=status,
        form=Form(FORMS[template], typed, problem),
        figures=figures,
        saved=saved,
    )


@router.get("/activities/new")
async def get_activity_form(request: Request, _: DeskActs) -> Response:
    """An empty activity form."""
    return _show(request, "activity_form.html", Typed(first={"quantity": "1"}))


@router.post("/activities/new")
async def post_activity_form(request: Request, acting: DeskActs) -> Response:
    """Record an activity."""
    typed = await read_form(request)
    values: dict[str, Any] = {name: typed.one(name) for name in ("kind", "held_on")}
    values |= {"district": typed.optional("district"), "note": typed.optional("note")}
    values |= {name: _whole(typed.one(name)) for name in ("quantity", "attendance", "amount")}
    try:
        body = validated(ActivityBody, values)
        async with transaction(request.app.state.engine, acts_of(request)) as connection:

            async def act() -> str:
                facts = ActivityFacts(**body.model_dump(exclude={"note"}))
                recorded = await record_activity(connection, facts, body.note, acting)
                await say_made(connection, recorded.id)
                return "/intake/activities/new?saved=1"

            key = form_key(request, typed.one("form_key"))
            to = await redirect_once(connection, acting.principal, key, body, act)
    except Problem as problem:
        return _show(request, "activity_form.html", typed, problem)
    return RedirectResponse(to, status_code=303)


@router.get("/figures/new")
async def get_figure_form(request: Request, _: ReporterActs) -> Response:
    """An empty form for a figure."""
    return _show(request, "figure_form.html", Typed(first={}))


@router.post("/figures/new")
async def post_figure_form(request: Request, acting: ReporterActs) -> Response:
    """Report a figure."""
    typed = await read_form(request)
    values: dict[str, Any] = {name: typed.one(name) for name in ("indicator", "as_of")}
    values |= {name: typed.optional(name) for name in ("part", "state")}
    values |= {name: _number(typed.one(name)) for name in ("value", "numerator", "denominator")}
    try:
        body = validated(FigureBody, values)
        async with transaction(request.app.state.engine, acts_of(request)) as connection:

            async def act() -> str:
                facts = FigureFacts(**body.model_dump())
                reported = await report_figure(connection, facts, acting)
                await say_made(connection, reported.id)
                return "/intake/figures/new?saved=1"

            key = form_key(request, typed.one("form_key"))
            to = await redirect_once(connection, acting.principal, key, body, act)
    except Problem as problem:
        return _show(request, "figure_form.html", typed, problem)
    return RedirectResponse(to, status_code=303)
