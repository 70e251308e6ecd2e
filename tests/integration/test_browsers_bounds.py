"""What a browser is told of every answer, and what it gets when it asks for more than there is."""

import re

import anyio
import pytest
from fastapi import FastAPI

from deploy.embedded.folder import free_port
from deploy.serving import SERVICES
from tests.integration.test_web_hardening import _STREAM, _asked, _directives, _doors
from tests.people import PASSWORD, add_accounts
from tests.processes import Process
from tests.world import World

pytestmark = pytest.mark.anyio

_NAMED = re.compile(r"text/[a-z]+|[a-z]+/([a-z.-]+\+)?xml")


async def test_every_answer_names_its_letters_and_tells_nobody_where_one_was(
    quiet_world: World, applications: dict[str, FastAPI]
) -> None:
    seen = set()
    headers = {"Authorization": f"Bearer {await quiet_world.token('csw')}"}
    for method, path, more in _asked(_doors(applications)):
        asked = {**more, "headers": headers | more.get("headers", {})}
        answer = await quiet_world.client.request(method, path, **asked)
        place = (method, path, answer.status_code)
        assert answer.headers["referrer-policy"] == "same-origin", place
        assert answer.headers["cross-origin-opener-policy"] == "same-origin", place
        assert _directives(answer)["object-src"] == "'none'", place
        kind, _, rest = answer.headers.get("content-type", "").partition(";")
        assert kind or not answer.content, place
        seen.add(kind)
        if _NAMED.fullmatch(kind):
            assert "charset=utf-8" in rest, (place, kind, rest)
    assert {"text/html", "text/css", "application/json", "application/problem+json"} <= seen


async def test_nothing_is_shown_that_only_builders_need(
    quiet_world: World, applications: dict[str, FastAPI]
) -> None:
    for service in SERVICES:
        app = applications[service]
        assert (app.debug, app.docs_url, app.redoc_url) == (False, None, None)
        for path in ("docs", "redoc", f"{service}/docs"):
            assert (await quiet_world.client.get(f"/{path}")).status_code != 200
    for method in ("TRACE", "CONNECT", "DEBUG", "PROPFIND"):
        answer = await quiet_world.client.request(method, "/sign-in")
        assert answer.status_code in (403, 405), method


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/vendor",
        "/static/vendor/",
        "/static/%2e%2e/app.py",
        "/static/..%2f..%2f..%2fpyproject.toml",
        "/static//etc/passwd",
        "/static/vendor/../../../settings.py",
        "/.git/config",
        "/static/.git/config",
        "/pyproject.toml",
    ],
)
async def test_only_static_files_are_given_and_no_list_of_them(
    quiet_world: World, path: str
) -> None:
    headers = {"Authorization": f"Bearer {await quiet_world.token('admin')}"}
    answer = await quiet_world.client.get(path, headers=headers)
    assert answer.status_code == 404, answer.text
    assert (await quiet_world.client.get("/static/app.css")).status_code == 200


async def test_an_address_is_decoded_once(quiet_world: World) -> None:
    answer = await quiet_world.client.get("/sign-in?next=%2Fa%252541")
    assert 'action="/sign-in?next=/a%252541"' in answer.text


async def test_a_password_in_an_address_is_none(quiet_world: World) -> None:
    await add_accounts(quiet_world.settings, "csw")
    right = {"login": "csw", "password": PASSWORD}
    assert (await quiet_world.client.post("/sign-in", params=right)).status_code in (401, 422)
    other = {"login": "csw", "password": "another-one"}
    answer = await quiet_world.client.post("/sign-in", params=right, data=other)
    assert answer.status_code == 401
    assert (await quiet_world.client.post("/sign-in", data=right)).status_code == 303


async def test_no_address_has_a_place_for_secrets_or_words(
    applications: dict[str, FastAPI],
) -> None:
    private = re.compile(r"token|password|secret|session|memo|reason|minutes|note|(^|_)code$")
    taken = {
        (path, given["name"])
        for app in applications.values()
        for path, operations in app.openapi()["paths"].items()
        for one in operations.values()
        for given in one.get("parameters", ())
        if given["in"] != "header"
    }
    assert len(taken) > 40
    assert {place for place in taken if private.search(place[1])} <= {
        ("/sign-in/oidc/callback", "code")
    }


async def test_passwords_are_hidden_while_they_are_typed_and_managers_of_them_may_help(
    quiet_world: World,
) -> None:
    await add_accounts(quiet_world.settings, "csw")
    form = {"login": "csw", "password": PASSWORD}
    pages = [(await quiet_world.client.get("/sign-in")).text]
    assert (await quiet_world.client.post("/sign-in", data=form)).status_code == 303
    pages.append((await quiet_world.client.get("/account/password")).text)
    fields = [field for page in pages for field in re.findall(r"<input[^>]*-password[^>]*>", page)]
    assert len(fields) == 4
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field), field
        assert "maxlength" not in field
        assert "onpaste" not in field
    assert "readonly" not in "".join(pages)


async def test_every_page_of_somebody_signed_in_leads_out(
    quiet_world: World, applications: dict[str, FastAPI]
) -> None:
    await add_accounts(quiet_world.settings, "csw")
    form = {"login": "csw", "password": PASSWORD}
    assert (await quiet_world.client.post("/sign-in", data=form)).status_code == 303
    seen = 0
    for method, path in _doors(applications):
        published = path == "/metrics/" or path.startswith("/metrics/releases/")
        if method != "GET" or published or path == _STREAM or path.startswith("/sign-in"):
            continue
        answer = await quiet_world.client.get(path)
        if answer.headers.get("content-type", "").startswith("text/html"):
            seen += 1
            assert 'action="/sign-out"' in answer.text, path
    assert seen > 20


async def test_secrets_of_browsers_are_long_and_new_each_time(quiet_world: World) -> None:
    await add_accounts(quiet_world.settings, "csw")
    form = {"login": "csw", "password": PASSWORD}
    given: set[str] = set()
    for _ in range(3):
        quiet_world.client.cookies.clear()
        assert (await quiet_world.client.post("/sign-in", data=form)).status_code == 303
        given |= {quiet_world.client.cookies[name] for name in ("tsunagi", "tsunagi-device")}
    assert len(given) == 6
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43,}", one) for one in given)


_TWO_LENGTHS = (
    "POST /sign-in HTTP/1.1\r\nHost: test\r\nContent-Length: 6\r\n"
    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\nHost: test\r\n\r\n"
)
_TWICE = (
    "POST /sign-in HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n"
    "GET /livez HTTP/1.1\r\nHost: test\r\n\r\n"
)


async def _answered(port: int, sent: str) -> str:
    async with await anyio.connect_tcp("127.0.0.1", port) as line:
        await line.send(sent.encode())
        found = b""
        with anyio.move_on_after(1):
            async for piece in line:
                found += piece
    return found.decode()


async def test_a_message_has_one_end(environment: dict[str, str]) -> None:
    process = Process(["serve", "intake", "--web"], free_port(), environment)
    try:
        await anyio.to_thread.run_sync(process.wait_ready)
        for sent in (_TWO_LENGTHS, _TWICE):
            answers = await _answered(process.port, sent)
            assert answers.startswith("HTTP/1.1 400"), answers
            assert answers.count("HTTP/1.1") == 1
    finally:
        process.close()
