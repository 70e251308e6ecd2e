"""Pages: server-rendered, complete without JavaScript, everything escaped."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from shared.identity.principal import Role
from shared.japanese_time import written, written_day

_HERE = Path(__file__).parent

#: What each role finds in the navigation: address and words.
NAVIGATION: dict[Role, tuple[tuple[str, str], ...]] = {
    Role.COUNTER: (
        ("/intake/consultations/new", "相談を書く"),
        ("/intake/consultations", "相談の一覧"),
        ("/intake/activities/new", "活動を書く"),
        ("/referral/cases", "ケース"),
    ),
    Role.AGENCY: (
        ("/referral/inbox", "受付箱"),
        ("/referral/cases", "ケース"),
        ("/intake/consultations/new", "相談を書く"),
        ("/intake/consultations", "相談の一覧"),
        ("/intake/activities/new", "活動を書く"),
    ),
    Role.MANAGER: (("/metrics/indicators", "指標"), ("/intake/figures/new", "報告値を書く")),
    Role.ADMIN: (("/admin/accounts", "アカウント"),),
}


def make_templates(*folders: Path) -> Environment:
    """The templates of a service beside the shared ones."""
    environment = Environment(
        loader=FileSystemLoader([*folders, _HERE / "templates"]),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["jst"] = written
    environment.filters["day"] = written_day
    environment.globals["dict"] = dict
    return environment


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """A page. Templates always know who is signed in, the plan, and where they can go."""
    state = request.app.state
    principal = getattr(request.state, "principal", None)
    page = state.templates.get_template(template).render(
        principal=principal,
        navigation=NAVIGATION[principal.role] if principal else (),
        path=request.url.path,
        plan=state.plan,
        **context,
    )
    return HTMLResponse(page, status_code=status, headers=dict(headers or {}))
