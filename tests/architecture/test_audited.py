"""Every route says which row of the audit trail it writes, or why none."""

import re
from collections.abc import Mapping
from importlib import import_module

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from deploy.serving import SERVICES, build_app
from shared.audit.acts import ACTS, KINDS
from shared.settings import load_settings
from shared.web.auditing import Audited, NotAudited
from tests.architecture.test_routes import _ADDRESSES


def _table(service: str) -> Mapping[str, Audited | NotAudited]:
    table: Mapping[str, Audited | NotAudited] = import_module(
        f"services.{service}.pages.audited"
    ).AUDITED
    return table


def _acts(service: str) -> set[str]:
    """Every act of a service, with each word that an address may fill in."""
    deeds = import_module("services.referral.pages.deeds").DEEDS
    found = set()
    for one in _table(service).values():
        if isinstance(one, Audited):
            words = deeds if "{action}" in one.act else ("",)
            found |= {one.act.format(action=word) for word in words}
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_says_its_act_or_why_it_has_none(service: str) -> None:
    own = {f"/{service}/{name}" for name in ("livez", "readyz", "prometheus", "asyncapi.json")}
    app = build_app(service, load_settings(_ADDRESSES))
    routes = {
        f"{method} {context.route.path}"
        for context in iter_route_contexts(app.routes)
        if isinstance(context.route, APIRoute)
        and context.route.path not in own | {"/livez", "/readyz"}
        for method in context.route.methods
    }
    assert len(routes) > 20
    assert set(_table(service)) == routes


def test_acts_and_kinds_are_of_the_closed_lists() -> None:
    unknown = set().union(*map(_acts, SERVICES)) - ACTS.keys()
    assert unknown == set()
    made = {
        one.makes
        for service in SERVICES
        for one in _table(service).values()
        if isinstance(one, Audited) and one.makes
    }
    assert made <= KINDS.keys()
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in (*ACTS, *KINDS))


@pytest.mark.parametrize("service", SERVICES)
def test_a_route_without_a_row_changes_no_record(service: str) -> None:
    silent = {
        route
        for route, one in _table(service).items()
        if isinstance(one, NotAudited) and not route.startswith(("GET ", "HEAD ", "OPTIONS "))
    }
    assert silent <= {
        "POST /sign-in",
        "POST /account/password",
        "POST /referral/notifications/read",
    }


def test_each_reason_is_said() -> None:
    tables = [one for service in SERVICES for one in _table(service).values()]
    assert all(one.reason for one in tables if isinstance(one, NotAudited))


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_only_asked_for_only_reads(service: str) -> None:
    reading = ("-read", "-list", "-search", "-print", "-export")
    asked = {
        route: one.act
        for route, one in _table(service).items()
        if isinstance(one, Audited) and route.startswith(("GET ", "HEAD ", "OPTIONS "))
    }
    assert len(asked) > 5
    assert [route for route, act in asked.items() if not act.endswith(reading)] == []
