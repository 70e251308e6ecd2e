"""What every door of every service has in common; the doors are listed from the applications."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from deploy.serving import SERVICES, ByPath
from shared.plan import Plan
from tests.people import PASSWORD, add_accounts
from tests.world import World, built_applications, world_of

pytestmark = pytest.mark.anyio

_STREAM = "/referral/api/notifications/stream"


def _doors(apps: dict[str, FastAPI]) -> list[tuple[str, str]]:
    """Every method and path, with ids that nothing has in the place of parameters."""
    found: set[tuple[str, str]] = set()
    for service in SERVICES:
        for context in iter_route_contexts(apps[service].routes):
            route = context.route
            if isinstance(route, Mount):
                continue
            path = re.sub(r"\{[^}]+\}", str(uuid4()), getattr(route, "path", ""))
            found |= {(method, path) for method in getattr(route, "methods", None) or ()}
            assert isinstance(route, APIRoute) or path.endswith("openapi.json"), path
    return sorted(found, key=lambda door: (door[1], door[0]))


def _writing(apps: dict[str, FastAPI]) -> list[tuple[str, str]]:
    return [door for door in _doors(apps) if door[0] not in ("GET", "HEAD", "OPTIONS")]


async def _sign_in(world: World, login: str) -> httpx.Response:
    return await world.client.post("/sign-in", data={"login": login, "password": PASSWORD})


_FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": "http://test.elsewhere.example"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://elsewhere.example"},
)


async def test_no_form_and_no_call_counts_from_another_site(
    quiet_world: World, applications: dict[str, FastAPI]
) -> None:
    await add_accounts(quiet_world.settings, "csw")
    doors = _writing(applications)
    assert len(doors) > 60
    for signed_in in (False, True):
        if signed_in:
            assert (await _sign_in(quiet_world, "csw")).status_code == 303
        for method, path in doors:
            for headers in _FOREIGN:
                answer = await quiet_world.client.request(method, path, headers=headers)
                assert answer.status_code == 403, (method, path, headers)
                assert answer.json()["code"] == "foreign-form"
    assert (await quiet_world.client.get("/referral/inbox")).status_code == 200


async def test_our_own_pages_and_machines_with_a_token_are_let_through(
    quiet_world: World, applications: dict[str, FastAPI]
) -> None:
    token = await quiet_world.token("csw")
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://test"}
    machine = {"Origin": "https://elsewhere.example", "Authorization": f"Bearer {token}"}
    for method, path in _writing(applications):
        for headers in (own, machine):
            answer = await quiet_world.client.request(method, path, headers=headers)
            assert "foreign-form" not in answer.text, (method, path)


@pytest.fixture
async def https_world(environment: dict[str, str]) -> AsyncIterator[World]:
    told = environment | {"TSUNAGI_URL": "https://tsunagi.city.example"}
    async with built_applications(told) as apps, world_of(told, apps, workers=False) as world:
        yield world


async def test_under_https_a_page_of_the_same_name_without_tls_is_another_site(
    https_world: World,
) -> None:
    for origin, status in (("http://test", 403), ("https://test", 401)):
        answer = await https_world.client.post(
            "/sign-in", data={"login": "x", "password": "y"}, headers={"Origin": origin}
        )
        assert answer.status_code == status, origin


def _cookies(answer: httpx.Response) -> dict[str, set[str]]:
    """Name to flags, without values."""
    found = {}
    for header in answer.headers.get_list("set-cookie"):
        first, *flags = [part.strip().lower() for part in header.split(";")]
        found[first.partition("=")[0]] = set(flags)
    return found


async def test_cookies_are_for_this_https_host_alone(https_world: World) -> None:
    await add_accounts(https_world.settings, "csw")
    cookies = _cookies(await _sign_in(https_world, "csw"))
    assert cookies.keys() == {"__host-tsunagi", "__host-tsunagi-device"}
    for flags in cookies.values():
        assert {"httponly", "secure", "samesite=lax", "path=/"} <= flags
        assert not [flag for flag in flags if flag.startswith("domain")]


async def test_whoever_came_by_https_comes_by_nothing_else(
    https_world: World, quiet_world: World
) -> None:
    name = "strict-transport-security"
    for path in ("/sign-in", "/nothing-here", "/static/app.css", "/intake/api/consultations"):
        told = (await https_world.client.get(path)).headers[name]
        assert told == "max-age=63072000; includeSubDomains"
        assert name not in (await quiet_world.client.get(path)).headers


async def test_without_https_cookies_have_their_plain_name(quiet_world: World) -> None:
    await add_accounts(quiet_world.settings, "csw")
    cookies = _cookies(await _sign_in(quiet_world, "csw"))
    assert cookies.keys() == {"tsunagi", "tsunagi-device"}
    for flags in cookies.values():
        assert {"httponly", "samesite=lax", "path=/"} <= flags
        assert "secure" not in flags
    gone = _cookies(await quiet_world.client.post("/sign-out"))
    assert "max-age=0" in gone["tsunagi"]


def _asked(doors: list[tuple[str, str]]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for method, path in doors:
        if path != _STREAM:
            yield method, path, {}
    yield "HEAD", "/sign-in", {}
    yield "OPTIONS", "/sign-in", {}
    yield "GET", "/nothing-here", {}
    yield "GET", "/%ff", {}
    yield "DELETE", "/sign-in", {}
    yield "GET", "/static/app.css", {}
    yield "GET", "/static/nothing.css", {}
    yield "GET", "/static/../pyproject.toml", {}
    yield "POST", "/intake/api/consultations", {"content": b"x" * 300_000}
    yield "POST", "/intake/api/consultations", {"content": b"{" * 300}
    yield "POST", "/sign-in", {"headers": {"Origin": "https://elsewhere.example"}}
    yield "POST", "/sign-in", {"files": {"file": ("a.txt", b"words")}}
    yield "GET", "/sign-in", {"headers": {"X-Long": "x" * 40_000}}


def _directives(answer: httpx.Response) -> dict[str, str]:
    [policy] = answer.headers.get_list("content-security-policy")
    parts = (part.split(maxsplit=1) for part in policy.split(";"))
    return {name: rest[0] if rest else "" for name, *rest in parts}


@pytest.mark.parametrize("who", ["nobody", "csw", "manager", "admin"])
async def test_every_answer_allows_nothing_from_elsewhere_and_is_not_kept(
    quiet_world: World, applications: dict[str, FastAPI], who: str
) -> None:
    token = "" if who == "nobody" else await quiet_world.token(who)
    statuses = set()
    for method, path, more in _asked(_doors(applications)):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        asked = {**more, "headers": headers | more.get("headers", {})}
        answer = await quiet_world.client.request(method, path, **asked)
        statuses.add(answer.status_code)
        place = (method, path, answer.status_code)
        assert answer.status_code < 500, place
        policy = _directives(answer)
        assert policy["default-src"] == "'self'", place
        assert policy["frame-ancestors"] == "'none'", place
        assert policy["base-uri"] == "'none'", place
        assert policy["form-action"] == "'self'", place
        for sources in policy.values():
            assert not re.search(r"unsafe|\*|https?:|data:|blob:", sources), place
        assert answer.headers["x-content-type-options"] == "nosniff", place
        assert answer.headers["cross-origin-resource-policy"] == "same-origin", place
        assert "server" not in answer.headers, place
        kept = answer.headers["cache-control"]
        if "no-store" not in kept:
            public = path.startswith(("/static/", "/metrics/feed/", "/metrics/releases/"))
            assert public or path == "/metrics/", (place, kept)
            assert "set-cookie" not in answer.headers, place
    assert {200, 404, 405, 413, 415, 431} <= statuses


async def test_a_fault_of_ours_tells_nothing_and_has_the_headers_too(
    environment: dict[str, str],
) -> None:
    async with built_applications(environment) as apps:

        @apps["intake"].get("/falls")
        async def falls() -> None:
            raise ValueError("山田太郎 password=inside")

        transport = httpx.ASGITransport(app=ByPath(apps), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.get("/falls")
    assert answer.status_code == 500
    assert "山田" not in answer.text
    assert "ValueError" not in answer.text
    assert _directives(answer)["default-src"] == "'self'"
    assert answer.headers["cache-control"] == "no-store"


async def test_no_page_has_a_script_or_a_style_of_its_own(
    quiet_world: World, applications: dict[str, FastAPI]
) -> None:
    seen = 0
    for who in ("nobody", "counter:chiiki-kyosei", "csw", "manager", "admin"):
        headers = {}
        if who != "nobody":
            headers["Authorization"] = f"Bearer {await quiet_world.token(who)}"
        for method, path in _doors(applications):
            if method != "GET" or path == _STREAM:
                continue
            answer = await quiet_world.client.get(path, headers=headers)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            seen += 1
            assert not re.search(r"<script(?![^>]*\bsrc=\"/static/)", answer.text), path
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", answer.text), path
            assert not re.search(r"(src|action)=\"(https?:)?//", answer.text), path
    assert seen > 80


async def test_nothing_in_the_product_takes_a_file(
    quiet_world: World, applications: dict[str, FastAPI]
) -> None:
    for method, path in _writing(applications):
        answer = await quiet_world.call(
            method, path, "csw", files={"file": ("a.svg", b"<svg onload='x'/>", "image/svg+xml")}
        )
        assert (answer.status_code, answer.json()["code"]) == (415, "no-uploads"), (method, path)


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/sign-in", {"X-Long": "x" * 31_000}, 200),
        ("/sign-in", {"X-Long": "x" * 33_000}, 431),
        ("/sign-in", {f"X-{number}": "x" * 1_000 for number in range(33)}, 431),
        ("/sign-in?next=/" + "x" * 7_000, {}, 200),
        ("/sign-in?next=/" + "x" * 9_000, {}, 431),
        ("/" + "x" * 9_000, {}, 431),
        ("/sign-in?next=%00", {}, 422),
        ("/sign-in?next=%ff", {}, 422),
        ("/sign-in?next=%ed%a0%80", {}, 422),
    ],
)
async def test_headers_and_addresses_have_a_limit(
    quiet_world: World, path: str, headers: dict[str, str], status: int
) -> None:
    assert (await quiet_world.client.get(path, headers=headers)).status_code == status


@pytest.mark.parametrize("field", [b"login=%00", b"login=%ff", b"login=%ed%a0%80", b"login=\xff"])
async def test_a_form_with_broken_letters_is_refused(quiet_world: World, field: bytes) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await quiet_world.client.post("/sign-in", content=field, headers=kind)
    assert answer.status_code == 422


async def test_whoever_finds_a_weakness_knows_whom_to_tell(quiet_world: World, plan: Plan) -> None:
    answer = await quiet_world.client.get("/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert lines["Contact"] == plan.security_contact
    assert lines["Canonical"].endswith("/.well-known/security.txt")
    left = datetime.fromisoformat(lines["Expires"]) - datetime.now(UTC)
    assert timedelta(days=30) < left < timedelta(days=365)
