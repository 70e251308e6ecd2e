"""The consultation form, what it gave, and the desk's list."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.intake.pages.bodies import ConsultationBody, ReasonBody
from services.intake.pages.consultations_api import new_consultation
from services.intake.pages.context import DeskActs
from services.intake.usecases.correct_consultation import cancel_consultation
from services.intake.usecases.record_consultation import record_consultation
from services.intake.usecases.show_consultations import list_consultations, show_consultation
from shared.database import transaction
from shared.errors import Problem
from shared.web.access import AtDesk
from shared.web.forms import Typed, local_input, read_form, validated
from shared.web.idempotency import form_key, redirect_once
from shared.web.rendering import render
from shared.web.requests import Moment, Transaction

router = APIRouter(prefix="/intake/consultations", include_in_schema=False)


def _body(typed: Typed) -> dict[str, Any]:
    names = ("caller", "channel", "age_band", "sex", "district", "household")
    values: dict[str, Any] = {name: typed.one(name) for name in (*names, "urgency", "response")}
    values |= {
        "received_at": typed.local_time("received_at"),
        "anonymous": typed.one("anonymous") == "yes",
        "repeat": typed.one("repeat") == "yes",
        "topics": typed.many("topics"),
        "main_topic": typed.one("main_topic") or next(iter(typed.many("topics")), ""),
        "memo": typed.optional("memo"),
        "case_code": typed.optional("case_code"),
    }
    if values["response"] == "refer":
        values["refer"] = {
            "to": typed.many("to"),
            "reason": typed.one("refer_reason"),
            "basis": typed.one("basis"),
            "mode": typed.one("mode"),
        }
    return {name: value for name, value in values.items() if value is not None}


def _form(
    request: Request, typed: Typed, principal: AtDesk, problem: Problem | None = None
) -> Response:
    plan = request.app.state.plan
    agencies = [
        (agency.id, agency.name)
        for agency in plan.agencies.values()
        if agency.id != principal.agency
    ]
    return render(
        request,
        "consultation_form.html",
        status=200 if problem is None else problem.status,
        typed=typed,
        problem=problem,
        agencies=agencies,
        topics=[(topic.id, topic.label) for topic in plan.topics.values()],
        bases=[
            (basis, label)
            for basis, label in plan.codes["basis"].items()
            if plan.bases[basis].offered_when is None
        ],
    )


@router.get("/new")
async def get_form(request: Request, principal: AtDesk, now: Moment) -> Response:
    """An empty form, received now."""
    first = {"received_at": local_input(now), "urgency": "normal", "channel": "visit"}
    return _form(request, Typed(first=first), principal)


@router.post("/new")
async def post_form(request: Request, acting: DeskActs) -> Response:
    """Write a consultation down; a refused form comes back with what was typed."""
    typed = await read_form(request)
    try:
        body = validated(ConsultationBody, _body(typed))
        async with transaction(request.app.state.engine) as connection:

            async def act() -> str:
                new = new_consultation(body, acting)
                recorded = await record_consultation(connection, new, acting)
                return f"/intake/consultations/{recorded.record.id}?new=1"

            key = form_key(request, typed.one("form_key"))
            to = await redirect_once(connection, acting.principal, key, body, act)
    except Problem as problem:
        return _form(request, typed, acting.principal, problem)
    return RedirectResponse(to, status_code=303)


@router.get("")
async def get_list(request: Request, principal: AtDesk, connection: Transaction) -> Response:
    """This desk's newest consultations."""
    records = await list_consultations(connection, principal.agency or "", limit=100)
    return render(request, "consultations.html", records=records)


@router.get("/{consultation_id}")
async def get_consultation(
    request: Request, consultation_id: UUID, principal: AtDesk, connection: Transaction
) -> Response:
    """One consultation with its code, its history, and where each leg stands."""
    shown = await show_consultation(connection, consultation_id, principal.agency or "")
    new = request.query_params.get("new") == "1"
    return render(request, "consultation.html", shown=shown, new=new, problem=None)


@router.post("/{consultation_id}/cancellation")
async def post_cancellation(request: Request, consultation_id: UUID, acting: DeskActs) -> Response:
    """Mark it as entered in error."""
    typed = await read_form(request)
    engine = request.app.state.engine
    try:
        reason = validated(ReasonBody, {"reason": typed.one("reason")}).reason
        async with transaction(engine) as connection:
            await cancel_consultation(connection, consultation_id, reason, acting)
    except Problem as problem:
        async with transaction(engine) as connection:
            shown = await show_consultation(connection, consultation_id, acting.desk)
        return render(
            request,
            "consultation.html",
            status=problem.status,
            shown=shown,
            new=False,
            problem=problem,
        )
    return RedirectResponse(f"/intake/consultations/{consultation_id}", status_code=303)
