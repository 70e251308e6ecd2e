"""The sign-in page as it is first shown, and again after whatever was refused."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.intake.pages.fields import SIGN_IN
from services.intake.pages.targets import local_path
from shared.errors import Problem
from shared.web.forms import Form, Typed
from shared.web.rendering import render


def sign_in_page(
    request: Request, typed: Typed | None = None, problem: Problem | None = None
) -> HTMLResponse:
    """Every way in that this installation has."""
    return render(
        request,
        "sign_in.html",
        status=200 if problem is None else problem.status,
        headers={} if problem is None else problem.headers,
        form=Form(SIGN_IN, typed, problem),
        oidc=request.app.state.oidc is not None,
        out=request.query_params.get("out", ""),
        target=local_path(request.query_params.get("next", "/")),
    )
