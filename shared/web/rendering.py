"""Pages: server-rendered, complete without JavaScript, everything escaped."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from shared.identity.principal import DESK_ROLES, Principal, Role
from shared.japanese_time import written, written_day
from shared.plan import Plan
from shared.web.access import ended_agency
from shared.web.public_address import is_plain_http

_HERE = Path(__file__).parent

#: The page whose link shows how much is unread.
NEWS = "/referral/notifications"

#: What each role finds in the navigation: address and words.
NAVIGATION: dict[Role, tuple[tuple[str, str], ...]] = {
    Role.COUNTER: (
        ("/intake/consultations/new", "相談を書く"),
        ("/intake/consultations", "相談の一覧"),
        ("/intake/activities/new", "活動を書く"),
        ("/referral/cases", "ケース"),
        ("/referral/conferences", "会議"),
        (NEWS, "お知らせ"),
    ),
    Role.AGENCY: (
        ("/referral/inbox", "受付箱"),
        (NEWS, "お知らせ"),
        ("/referral/cases", "ケース"),
        ("/referral/conferences", "会議"),
        ("/intake/consultations/new", "相談を書く"),
        ("/intake/consultations", "相談の一覧"),
        ("/intake/activities/new", "活動を書く"),
    ),
    Role.MANAGER: (
        ("/metrics/indicators", "指標"),
        ("/metrics/rules", "数え方"),
        ("/metrics/flow", "つなぎの流れ"),
        ("/metrics/releases", "公表版"),
        ("/metrics/year-end", "年度末"),
        ("/intake/figures/new", "報告値を書く"),
    ),
    Role.ADMIN: (
        ("/admin/accounts", "アカウント"),
        ("/admin/tokens", "機械の鍵"),
        ("/admin/audit", "監査の記録"),
        ("/referral/agencies", "機関の引き継ぎ"),
        ("/referral/voids", "誤りの取消"),
        ("/referral/channels", "知らせる先"),
        ("/referral/deliveries", "届いていない知らせ"),
    ),
}
#: What the coordinator's accounts find after that.
_OF_COORDINATOR = (("/referral/board", "調整役のボード"),)


def navigation_of(principal: Principal | None, plan: Plan) -> tuple[tuple[str, str], ...]:
    """Where this account can go: by its role, and by its agency if that is the coordinator."""
    if principal is None or principal.must_change:
        return ()
    more = _OF_COORDINATOR if principal.agency == plan.coordinator else ()
    return (*NAVIGATION[principal.role], *more)


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
    navigation = navigation_of(principal, state.plan)
    page = state.templates.get_template(template).render(
        principal=principal,
        navigation=navigation,
        ended=None if principal is None else ended_agency(principal, state.plan),
        path=request.url.path,
        plan=state.plan,
        news=getattr(request.state, "news", None),
        readable=principal is not None
        and principal.role == Role.ADMIN
        and is_plain_http(state.public_url),
        # What was refused is said first, before any number.
        counted=status < 400,
        live=principal if navigation and principal and principal.role in DESK_ROLES else None,
        **context,
    )
    return HTMLResponse(page, status_code=status, headers=dict(headers or {}))
