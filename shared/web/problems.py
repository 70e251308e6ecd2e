"""Refusals as answers: problem+json (RFC 9457) for machines, the same words as a page."""

import traceback
from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from shared.database import is_transient
from shared.errors import (
    FieldFault,
    InvalidInput,
    NotSignedIn,
    PasswordChangeNeeded,
    Problem,
    Unavailable,
)
from shared.web.guarding import ASKED, PROBLEMS, REFUSED, place_faults
from shared.web.own_words import words_sent
from shared.web.rendering import render
from shared.web.words import detail_of

log = structlog.get_logger()

_HTTP = {
    404: ("not-found", "お探しのものは見つかりませんでした。"),
    405: ("method-not-allowed", "この操作はできません。"),
}


def is_machine(path: str) -> bool:
    """Whether this path answers machines: `/<service>/api/…`, `…/feed/…` and their like."""
    parts = path.split("/")[:3]
    return "api" in parts or "feed" in parts or path.endswith((".json", "/readyz", "/livez"))


def validation_problem(errors: Sequence[ErrorDetails | dict[str, Any]]) -> InvalidInput:
    """What pydantic refused, in Japanese and without the refused values."""
    faults: list[FieldFault] = []
    for error in errors:
        loc = tuple(part for part in error["loc"] if part not in ("body", "query", "path"))
        context = error.get("ctx") or {}
        if error["type"] in PROBLEMS:
            faults += place_faults(loc, context["places"])
        else:
            faults.append(FieldFault(loc, *detail_of(str(error["type"]), context)))
    kinds = {str(error["type"]) for error in errors}
    if REFUSED in kinds or kinds == {ASKED}:
        code, detail = PROBLEMS[REFUSED if REFUSED in kinds else ASKED]
        return InvalidInput(code, detail, errors=faults)
    malformed = any(fault.code == "malformed-json" for fault in faults)
    return InvalidInput(
        "malformed-json" if malformed else "invalid-input",
        "JSON の書き方が正しくありません。" if malformed else "入力の内容をご確認ください。",
        errors=faults,
    )


def problem_json(problem: Problem) -> JSONResponse:
    """The answer to a machine."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.code,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "errors": [
            {"loc": list(fault.loc), "code": fault.code, "detail": fault.detail}
            for fault in problem.errors
        ],
    }
    return JSONResponse(
        body | problem.extra,
        status_code=problem.status,
        headers=problem.headers,
        media_type="application/problem+json",
    )


def problem_answer(
    request: Request, problem: Problem, words: Sequence[tuple[str, str]] = ()
) -> Response:
    """The answer to whoever asked: JSON, the sign-in page, or a page that says what to do.

    `words` are label and text of what whoever asked had written; the page gives them back.
    """
    if is_machine(request.url.path):
        if isinstance(problem, NotSignedIn):
            problem.headers.setdefault("WWW-Authenticate", "Bearer")
        return problem_json(problem)
    if isinstance(problem, NotSignedIn):
        back = request.url.path if request.method == "GET" else "/"
        return RedirectResponse(f"/sign-in?next={back}", status_code=303)
    if isinstance(problem, PasswordChangeNeeded):
        return RedirectResponse("/account/password", status_code=303)
    return render(
        request,
        "problem.html",
        status=problem.status,
        headers=problem.headers,
        problem=problem,
        words=words,
    )


async def send_problem(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer from outside the application, where no request has been made yet."""
    await problem_json(problem)(scope, receive, send)


def away() -> Unavailable:
    """The database is away; whoever asked may send the same again."""
    return Unavailable(
        "unavailable",
        "ただいま保存できません。少し待ってから、もう一度お試しください。",
        headers={"Retry-After": "5"},
    )


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every refusal and every fault of this application."""

    @app.exception_handler(Problem)
    async def on_problem(request: Request, problem: Problem) -> Response:
        words = [] if is_machine(request.url.path) else await words_sent(request)
        return problem_answer(request, problem, words)

    @app.exception_handler(RequestValidationError)
    async def on_validation(request: Request, error: RequestValidationError) -> Response:
        return problem_answer(request, validation_problem(error.errors()))

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> Response:
        code, detail = _HTTP.get(error.status_code, ("refused", "この操作はできません。"))
        problem = Problem(code, detail, headers=error.headers)
        problem.status = error.status_code
        return problem_answer(request, problem)

    @app.exception_handler(SQLAlchemyError)
    async def on_database(request: Request, error: SQLAlchemyError) -> Response:
        if not is_transient(error):
            raise error
        problem = fault_problem(error)
        if request.method != "POST" or is_machine(request.url.path):
            return problem_answer(request, problem)
        return await _offer_again(request, problem)


async def _offer_again(request: Request, problem: Problem) -> Response:
    """The page of a form that could not be stored: what was typed waits for another try."""
    form = await request.form()
    typed = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    return render(
        request,
        "problem.html",
        status=problem.status,
        headers=problem.headers,
        problem=problem,
        again=[] if "password" in form else typed,
        words=(),
    )


def fault_problem(error: Exception) -> Problem:
    """What a fault says to whoever asked. The log gets its kind and place, never its words."""
    if is_transient(error):
        log.warning("database_away", error=type(error).__name__)
        return away()
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames]
    log.error("unexpected_fault", error=type(error).__name__, places=places[-6:])
    problem = Problem("fault", "思いがけない不具合です。管理者にお知らせください。")
    problem.status = 500
    return problem
