"""A login in a header opens a session from the city's own proxy, and from nowhere else."""

from collections.abc import AsyncIterator

import anyio
import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from deploy.embedded.folder import free_port
from deploy.serving import ByPath, behind_proxies
from shared.settings import SettingsError, load_settings
from shared.web.trusted_proxy import KeepPeer, TrustedProxy
from tests.integration.trail import acts
from tests.people import add_accounts
from tests.processes import Process
from tests.world import built_applications

pytestmark = pytest.mark.anyio

_SETTINGS = {
    "TSUNAGI_PROXY_LOGIN_HEADER": "X-City-Login",
    "TSUNAGI_PROXY_NETWORKS": "10.1.0.0/24, 2001:db8::/64",
}


@pytest.fixture
async def door(environment: dict[str, str]) -> AsyncIterator[ByPath]:
    """Tsunagi that believes the proxy."""
    settings = load_settings(environment | _SETTINGS)
    async with built_applications(environment | _SETTINGS) as apps:
        await add_accounts(settings, "csw")
        yield ByPath(apps)


def _from(door: ByPath, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=door, client=(address, 1234))
    return httpx.AsyncClient(transport=transport, base_url="http://test")


@pytest.mark.parametrize("address", ["10.1.0.7", "2001:db8::7"])
async def test_the_proxy_signs_somebody_in_and_out_stays_out(
    door: ByPath, address: str, environment: dict[str, str]
) -> None:
    async with _from(door, address) as client:
        client.headers["X-City-Login"] = "csw"
        answer = await client.get("/sign-in?next=/referral/inbox")
        assert (answer.status_code, answer.headers["location"]) == (303, "/referral/inbox")
        assert (await client.get("/referral/inbox")).status_code == 200
        out = await client.post("/sign-out")
        assert out.headers["location"] == "/sign-in?out=proxy"
        left = await client.get("/sign-in?out=proxy")
        assert "もう一度つなぎに入る" in left.text
        assert (await client.get("/referral/inbox")).status_code == 303
    assert [row[:2] for row in acts(environment, "identity")] == [
        ("sign-in", "done"),
        ("sign-out", "done"),
    ]


@pytest.mark.parametrize("address", ["10.1.1.7", "127.0.0.1", "not-an-address"])
async def test_from_elsewhere_the_header_is_ignored(door: ByPath, address: str) -> None:
    async with _from(door, address) as client:
        answer = await client.get("/sign-in", headers={"X-City-Login": "csw"})
        assert answer.status_code == 200
        assert "tsunagi" not in client.cookies


async def test_a_forged_forwarded_address_does_not_make_a_proxy(door: ByPath) -> None:
    believed = KeepPeer(ProxyHeadersMiddleware(door, "*"))
    transport = httpx.ASGITransport(app=believed, client=("192.0.2.1", 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        headers = {"X-City-Login": "csw", "X-Forwarded-For": "10.1.0.7"}
        assert (await client.get("/sign-in", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("configured", "seen"),
    [
        ({}, "127.0.0.1"),
        ({"FORWARDED_ALLOW_IPS": ""}, "127.0.0.1"),
        ({"FORWARDED_ALLOW_IPS": "10.1.0.7"}, "127.0.0.1"),
        ({"FORWARDED_ALLOW_IPS": "10.1.0.7, 127.0.0.1"}, "192.0.2.1"),
    ],
)
async def test_a_forwarded_address_is_believed_only_where_that_is_configured(
    environment: dict[str, str], configured: dict[str, str], seen: str
) -> None:
    known = load_settings(environment | configured).forwarded_allow_ips

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(scope["client"][0])(scope, receive, send)

    transport = httpx.ASGITransport(app=behind_proxies(answer, known), client=("127.0.0.1", 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        told = await client.get("/", headers={"X-Forwarded-For": "192.0.2.1"})
    assert told.text == seen


async def test_forwarded_addresses_behind_the_proxy_do_not_hide_it(door: ByPath) -> None:
    believed = KeepPeer(ProxyHeadersMiddleware(door, "*"))
    transport = httpx.ASGITransport(app=believed, client=("10.1.0.7", 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        headers = {"X-City-Login": "csw", "X-Forwarded-For": "192.0.2.1"}
        assert (await client.get("/sign-in", headers=headers)).status_code == 303


async def test_an_unknown_login_or_two_of_them_open_nothing(door: ByPath) -> None:
    async with _from(door, "10.1.0.7") as client:
        unknown = await client.get("/sign-in", headers={"X-City-Login": "nobody"})
        assert unknown.status_code == 401
        assert "管理者にお声がけください" in unknown.text
        twice = [("X-City-Login", "csw"), ("X-City-Login", "manager")]
        assert (await client.get("/sign-in", headers=twice)).status_code == 200


async def test_without_the_setting_nobody_is_believed() -> None:
    scope: Scope = {
        "type": "http",
        "client": ("127.0.0.1", 1),
        "headers": [(b"x-city-login", b"csw")],
    }
    assert TrustedProxy(None, ()).login_of(Request(scope)) is None


def test_a_header_without_addresses_is_refused(environment: dict[str, str]) -> None:
    for name, value in _SETTINGS.items():
        with pytest.raises(SettingsError, match="go together"):
            load_settings(environment | {name: value})


async def test_a_running_process_knows_who_connected(environment: dict[str, str]) -> None:
    trusted = {"TSUNAGI_PROXY_NETWORKS": "127.0.0.1/32", "FORWARDED_ALLOW_IPS": "127.0.0.1"}
    settings = environment | _SETTINGS | trusted
    await add_accounts(load_settings(settings))
    process = Process(["serve", "intake", "--web"], free_port(), settings)
    try:
        await anyio.to_thread.run_sync(process.wait_ready)
        async with httpx.AsyncClient(base_url=process.url, trust_env=False) as client:
            headers = {"X-City-Login": "manager", "X-Forwarded-For": "192.0.2.1"}
            assert (await client.get("/sign-in", headers=headers)).status_code == 303
    finally:
        process.close()
