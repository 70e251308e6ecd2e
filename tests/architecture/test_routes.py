"""Every route asks who is there, or is marked public."""

import inspect
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from deploy.serving import SERVICES, build_app
from shared.settings import load_settings
from shared.web.access import public

_ADDRESSES = {
    f"{name}_DATABASE_URL": f"postgresql://nobody:nothing@127.0.0.1:1/{name.lower()}"
    for name in ("IDENTITY", "INTAKE", "REFERRAL", "METRICS")
} | {"REDIS_URL": "redis://127.0.0.1:1"}
#: What is there without signing in: health, sign-in itself, the published figures.
_RELEASES = {"/metrics/", "/metrics/releases/{number}"} | {
    f"/metrics/releases/{{number}}/{name}"
    for name in ("paper", "paper.css", "handoffs", "indicators/{indicator}")
}
_PUBLIC = (
    {"/livez", "/readyz", "/sign-in", "/static", "/.well-known/security.txt"}
    | {f"/sign-in/oidc{step}" for step in ("", "/callback", "/end")}
    | _RELEASES
    | {
        f"/metrics/feed/{name}"
        for name in (
            "indicators.json",
            "indicators.csv",
            "indicators.atom",
            "indicators.xlsx",
            "schema/v1.json",
            "columns.csv",
            "codes.csv",
            "{path:path}",
        )
    }
)


def _marks(dependant: Dependant) -> Iterator[str]:
    mark = getattr(dependant.call, "tsunagi_access", None)
    if mark is not None:
        yield mark
    for inner in dependant.dependencies:
        yield from _marks(inner)


def _access(app: FastAPI) -> dict[str, set[str]]:
    """Path to the marks of its route."""
    found: dict[str, set[str]] = {}
    for context in iter_route_contexts(app.routes):
        route = context.route
        if isinstance(route, APIRoute):
            found.setdefault(route.path, set()).update(_marks(route.dependant))
        elif isinstance(route, Mount):
            found[route.path] = {"public"}
        else:
            found[getattr(route, "path", repr(route))] = set()
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_asks_who_is_there_or_is_marked_public(service: str) -> None:
    access = _access(build_app(service, load_settings(_ADDRESSES)))
    assert len(access) > 5
    unguarded = {path for path, marks in access.items() if not marks}
    assert unguarded == {f"/{service}/openapi.json"}
    open_to_all = {path for path, marks in access.items() if "public" in marks}
    own = {f"/{service}/{name}" for name in ("livez", "readyz", "prometheus", "asyncapi.json")}
    assert open_to_all - own <= _PUBLIC


def test_the_mark_is_what_the_check_looks_for() -> None:
    app = FastAPI()

    @app.get("/open")
    async def unmarked() -> None:
        return None

    assert _access(app)["/open"] == set()
    assert public.tsunagi_access == "public"  # type: ignore[attr-defined]


def _calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from _calls(inner)


@pytest.mark.parametrize("service", SERVICES)
def test_no_request_waits_for_a_thread(service: str) -> None:
    app = build_app(service, load_settings(_ADDRESSES))
    routes = [context.route for context in iter_route_contexts(app.routes)]
    calls = [
        call for route in routes if isinstance(route, APIRoute) for call in _calls(route.dependant)
    ]
    assert len(calls) > 5
    assert [
        call
        for call in calls
        if not inspect.iscoroutinefunction(call) and not inspect.isasyncgenfunction(call)
    ] == []
