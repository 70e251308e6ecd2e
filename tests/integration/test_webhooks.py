"""Webhooks: signed as the standard says, and never sent into our own networks unasked."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from standardwebhooks import Webhook, WebhookVerificationError

from deploy.embedded.folder import free_port
from services.referral.domain.delivering import BACK_OFF, Channel
from services.referral.notifier.addresses import is_allowed
from services.referral.notifier.signing import new_secret, signed_headers
from services.referral.notifier.undelivered import Undelivered
from services.referral.notifier.webhooks import WebhookCaller
from services.referral.usecases.deliver_notices import by_webhook
from shared.database import AS_SERVICE, make_engine
from shared.settings import load_settings
from tests.integration.notices import deliver, offered, rows
from tests.world import World, consultation, refer, running_world

pytestmark = pytest.mark.anyio

OURS = [
    "http://127.0.0.1/hook",
    "https://127.0.0.1/hook",
    "http://[::1]/hook",
    "https://[::ffff:127.0.0.1]/hook",
    "https://[64:ff9b::7f00:1]/hook",
    "http://169.254.1.1/latest/meta-data",
    "https://10.0.0.1/",
    "https://192.168.1.1/",
    "https://172.16.0.1/",
    "https://100.64.0.1/",
    "https://224.0.0.1/",
    "https://0.0.0.0/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://[fec0::1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:0:127.0.0.1]:8500/",
    "https://localhost/hook",
    "http://2130706433/",
    "https://0x7f000001/",
    "https://127.1/",
    "https://017700000001/",
    "http://8.8.8.8/without-tls",
    "https://user:word@8.8.8.8/",
    "ftp://8.8.8.8/",
    "file:///etc/passwd",
    "nothing",
]


class Machine:
    """A receiver on loopback. Its answers are given in advance, 204 after that."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/hook?from=tsunagi"
        self.answers: list[int] = []
        self.calls: list[tuple[str, dict[str, str], str]] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        machine = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                machine.calls.append((self.path, headers, body))
                self.send_response(machine.answers.pop(0) if machine.answers else 204)
                self.send_header("Location", f"http://127.0.0.1:{machine.port}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        server = HTTPServer(("127.0.0.1", self.port), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@pytest.fixture
async def open_world(environment: dict[str, str]) -> AsyncIterator[World]:
    """The services, where an administrator has allowed loopback; their workers are others'."""
    allowed = {"TSUNAGI_WEBHOOK_NETWORKS": "127.0.0.0/8, ::1/128"}
    async with running_world(environment | allowed) as started:
        yield started


@pytest.fixture
async def engine(environment: dict[str, str]) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(environment["REFERRAL_DATABASE_URL"], pool_size=4, options=AS_SERVICE)
    yield engine
    await engine.dispose()


async def put(world: World, url: str, name: str = "kiroku", agency: str = "csw") -> Any:
    body = {"url": url, "agency": agency}
    return await world.call("PUT", f"/referral/api/webhooks/{name}", "admin", body)


def delivery(environment: dict[str, str]) -> dict[str, Any]:
    [found] = rows(environment, "SELECT * FROM delivery WHERE channel = 'webhook'")
    return found


async def test_a_call_is_retried_and_verified_by_the_standard_library(
    open_world: World, environment: dict[str, str]
) -> None:
    machine = Machine()
    answer = await put(open_world, machine.url)
    assert answer.status_code == 200
    secret = answer.json()["secret"]
    with machine.running():
        machine.answers = [500]
        case = await offered(open_world, "csw")
        for _ in range(400):
            if delivery(environment)["state"] == "done":
                break
            await asyncio.sleep(0.05)
    assert delivery(environment)["state"] == "done"
    assert delivery(environment)["attempts"] == 2
    (path, first, body), (_, second, again) = machine.calls
    assert path == "/hook?from=tsunagi"
    assert first["host"] == f"127.0.0.1:{machine.port}"
    assert (body, first["webhook-id"]) == (again, second["webhook-id"])
    for headers in (first, second):
        Webhook(secret).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace("offered", "refused"), first)
    number = rows(environment, "SELECT number FROM notification")[0]["number"]
    payload = json.loads(body)
    assert payload["type"] == "notification.offered"
    assert datetime.fromisoformat(payload["timestamp"]).tzinfo is not None
    assert payload["data"] == {
        "notification": number,
        "case_id": case["case"],
        "referral_id": case["csw"],
    }


@pytest.mark.parametrize("url", OURS)
async def test_our_own_networks_are_refused_at_save(
    quiet_world: World, environment: dict[str, str], url: str
) -> None:
    answer = await put(quiet_world, url)
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault["loc"] == ["url"]
    assert fault["code"] in ("forbidden-address", "unknown-name")
    assert rows(environment, "SELECT * FROM webhook") == []


async def test_a_port_of_another_service_is_refused_at_save(quiet_world: World) -> None:
    [fault] = (await put(quiet_world, "https://93.184.215.14:22/hook")).json()["errors"]
    assert (fault["loc"], fault["code"]) == (["url"], "forbidden-port")
    assert "443 か 8443" in fault["detail"]


async def test_they_are_refused_at_send_too(
    open_world: World, environment: dict[str, str], engine: AsyncEngine
) -> None:
    machine = Machine()
    assert (await put(open_world, machine.url)).status_code == 200
    for worker in open_world.workers.values():
        worker.stop()
    case = await open_world.post("/intake/api/consultations", "houkatsu", _offer())
    assert case["case_id"]
    async with running_world(environment) as closed:
        await closed.settle()
        await _until(environment, "forbidden-address")
    with machine.running():
        now = datetime.now(UTC) + BACK_OFF[0] + timedelta(seconds=1)
        await deliver(engine, Channel.WEBHOOK, by_webhook(WebhookCaller([])), now)
    assert machine.calls == []
    assert delivery(environment)["error"] == "forbidden-address"


def _offer() -> dict[str, Any]:
    return consultation(**refer("csw"))


async def _until(environment: dict[str, str], error: str) -> None:
    for _ in range(200):
        if rows(environment, "SELECT 1 FROM delivery WHERE error = %s", error):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(rows(environment, "SELECT * FROM delivery"))


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What the city's name server says to `*.example`, one answer after the other."""
    told: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def answer(host: Any, port: Any, *more: Any, **options: Any) -> Any:
        if not str(host).endswith(".example"):
            return real(host, port, *more, **options)
        found = told[host].pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return told


async def test_a_name_that_changes_between_the_check_and_the_call_gains_nothing(
    names: dict[str, list[list[str]]],
) -> None:
    machine = Machine()
    url = f"http://rebound.example:{machine.port}/hook"
    names["rebound.example"] = [["127.0.0.1"], ["169.254.169.254"]]
    caller = WebhookCaller([ip_network("127.0.0.1/32")])
    with machine.running():
        now = datetime(2026, 5, 20, tzinfo=UTC)
        await caller.call(url, new_secret(), message_id="1", payload={}, now=now)
    [(_, headers, _)] = machine.calls
    assert headers["host"] == f"rebound.example:{machine.port}"
    assert names["rebound.example"] == [["169.254.169.254"]], "it was looked up once"
    with pytest.raises(Undelivered, match="forbidden-address"):
        await caller.call(url, new_secret(), message_id="2", payload={}, now=now)
    assert len(machine.calls) == 1


async def test_one_address_of_ours_among_many_is_one_too_many(
    names: dict[str, list[list[str]]],
) -> None:
    names["mixed.example"] = [["93.184.216.34", "10.0.0.5"]]
    with pytest.raises(Undelivered, match="forbidden-address"):
        await WebhookCaller([]).check("https://mixed.example/hook")


async def test_redirects_are_not_followed(open_world: World, environment: dict[str, str]) -> None:
    machine = Machine()
    assert (await put(open_world, machine.url)).status_code == 200
    with machine.running():
        machine.answers = [307] * 5
        await offered(open_world, "csw")
        await _until(environment, "refused")
    assert {path for path, _, _ in machine.calls} == {"/hook?from=tsunagi"}


async def test_only_the_administrator_sets_them_and_the_secret_is_shown_once(
    open_world: World, environment: dict[str, str]
) -> None:
    machine = Machine()
    body = {"url": machine.url, "agency": "csw"}
    path = "/referral/api/webhooks/kiroku"
    for who in ("csw", "counter:csw", "manager"):
        assert (await open_world.call("PUT", path, who, body)).status_code == 403
    first = (await put(open_world, machine.url)).json()["secret"]
    second = (await put(open_world, machine.url)).json()["secret"]
    assert first.startswith("whsec_")
    assert first != second
    assert len(rows(environment, "SELECT * FROM webhook")) == 1
    page = (await open_world.call("GET", "/referral/channels", "admin")).text
    assert machine.url in page
    assert second not in page
    assert (await put(open_world, machine.url, agency="nobody")).status_code == 422
    assert (await put(open_world, machine.url, name="No_Name")).status_code == 422


def test_a_signature_is_what_the_standard_library_makes() -> None:
    secret, now = new_secret(), datetime.now(UTC)
    headers = signed_headers(secret, "msg_1", int(now.timestamp()), "{}")
    assert headers["webhook-signature"] == Webhook(secret).sign("msg_1", now, "{}")


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888"])
def test_the_world_outside_may_be_called(address: str) -> None:
    assert is_allowed(ip_address(address), [])


def test_an_allowed_network_allows_itself_alone(environment: dict[str, str]) -> None:
    allowed = load_settings(environment | {"TSUNAGI_WEBHOOK_NETWORKS": "10.1.0.0/16"})
    networks = allowed.tsunagi_webhook_networks
    assert is_allowed(ip_address("10.1.2.3"), networks)
    assert not is_allowed(ip_address("10.2.2.3"), networks)
    assert not is_allowed(ip_address("127.0.0.1"), networks)
