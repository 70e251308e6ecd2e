"""The administrator's page of a service's audit trail: who did what, to which record, when."""

from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field as Of

from shared.audit.acts import ACTS, GROUNDS, KINDS
from shared.audit.searching import Row, Wanted, search
from shared.database import transaction
from shared.errors import Problem
from shared.web.access import Administering
from shared.web.forms import Field, Form, Typed, validated
from shared.web.models import ApiModel, Day
from shared.web.rendering import render
from shared.web.requests import acts_of

PAGE = 100
#: Each database's trail has an address of its own, and a tab.
TABS = (
    ("/admin/audit", "サインインと管理"),
    ("/intake/audit", "相談"),
    ("/referral/audit", "ケースとつなぎ"),
    ("/metrics/audit", "指標と公表"),
)
FIELDS = {
    "from": Field("いつから", loc=("from",)),
    "to": Field("いつまで", loc=("to",)),
    "who": Field("だれが（ログイン名。鍵は token: と番号）", loc=("who",)),
    "act": Field("したこと", loc=("act",)),
    "record": Field("記録の番号", loc=("record",)),
}
_ROLES = {
    "counter": "窓口",
    "agency": "機関",
    "manager": "管理職",
    "admin": "管理者",
    "service": "サーバー",
    "anybody": "だれでもない",
}
_OUTCOMES = {"done": "した", "unchanged": "変わらなかった", "refused": "断られた"}


class AuditSearch(ApiModel):
    """What is looked for, as the form sends it."""

    first: Day | None = Of(default=None, alias="from")
    last: Day | None = Of(default=None, alias="to")
    who: str | None = Of(default=None, max_length=120)
    act: str | None = Of(default=None, max_length=60)
    record: str | None = Of(default=None, max_length=80)
    after: UUID | None = None


def name_of(who: str) -> str:
    """Who acted, in words: a login, a machine's key, the command line, or nobody we know."""
    kind, separator, rest = who.partition(":")
    if separator and kind == "token":
        return f"鍵 {rest}"
    if separator and kind == "unknown":
        return f"わからない人（{rest}）"
    return "コマンド" if who == "command" else who


def audit_router(path: str, *, identity: bool = False) -> APIRouter:
    """The page at this path: the service's own trail, or with `identity` that of the accounts."""
    router = APIRouter(include_in_schema=False)

    @router.get(path)
    async def get_audit(request: Request, _: Administering) -> Response:
        """The newest rows, of some days, of somebody, of an act, or of a record."""
        asked = Typed(request.query_params)
        given = {name: asked.one(name) for name in (*FIELDS, "after") if asked.one(name)}
        state, rows = request.app.state, list[Row]()
        problem: Problem | None = None
        try:
            wanted = Wanted(**validated(AuditSearch, given).model_dump())
            engine = state.gate.engine if identity else state.engine
            async with transaction(engine, acts_of(request)) as connection:
                rows = await search(connection, wanted, PAGE + 1)
        except Problem as refused:
            problem = refused
        more = ""
        if len(rows) > PAGE:
            rows = rows[:PAGE]
            more = urlencode(given | {"after": str(rows[-1].id)})
        return render(
            request,
            "audit.html",
            status=200 if problem is None else problem.status,
            form=Form(FIELDS, asked, problem),
            tabs=TABS,
            rows=rows,
            acts=ACTS,
            kinds=KINDS,
            choices=[(act.name, act.words) for act in ACTS.values()],
            roles=_ROLES,
            outcomes=_OUTCOMES,
            grounds=GROUNDS,
            name_of=name_of,
            searched=bool(given),
            more=more,
        )

    return router
