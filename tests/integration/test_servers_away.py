"""Redis away: everything goes on. PostgreSQL away: 503, and nothing half-stored."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median

import psutil
import pytest

from deploy.embedded.servers import EmbeddedServers
from shared.web import faults
from tests.people import PASSWORD, add_accounts
from tests.world import consultation, refer, running_world

pytestmark = pytest.mark.anyio

_PATH = "/intake/api/consultations"
_DESK = "counter:shakyo-sogo"


@contextmanager
def _frozen(pid_file: Path) -> Iterator[None]:
    """A server that takes connections and answers nothing: the worst way to be away."""
    main = psutil.Process(int(pid_file.read_text().splitlines()[0]))
    whole = [main, *main.children(recursive=True)]
    for process in whole:
        with suppress(psutil.NoSuchProcess):  # PostgreSQL's workers come and go
            process.suspend()
    try:
        yield
    finally:
        for process in whole:
            with suppress(psutil.NoSuchProcess):
                process.resume()


async def test_without_redis_pages_and_interface_go_on(own_servers: EmbeddedServers) -> None:
    async with running_world(own_servers.environment) as world:
        await world.post(_PATH, _DESK, consultation())
        await world.settle()
        own_servers.valkey.stop()
        taken = []
        for _ in range(5):
            begun = time.monotonic()
            recorded = await world.post(_PATH, _DESK, consultation(**refer("csw")))
            taken.append(time.monotonic() - begun)
            await world.get(f"{_PATH}/{recorded['id']}", _DESK)
            await world.get("/referral/api/inbox", "csw")
        assert median(taken) < 1
        ready = await world.client.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"status": "degraded"})
        own_servers.valkey.start()
        assert (await world.client.get("/readyz")).json() == {"status": "ok"}
        await world.settle()
        assert len(await world.get("/referral/api/inbox", "csw")) == 5
        rows = await world.get("/metrics/api/indicators?fy=2026", "manager")
        assert next(r["value"] for r in rows if r["id"] == "shakyo-consultations") == 6


async def test_a_frozen_redis_holds_nobody_up(own_servers: EmbeddedServers) -> None:
    pid_file = own_servers.folder.path / "valkey/valkey.pid"
    async with running_world(own_servers.environment) as world:
        await world.token(_DESK)
        with _frozen(pid_file):
            begun = time.monotonic()
            await world.post(_PATH, _DESK, consultation())
            assert time.monotonic() - begun < 1
            ready = await world.client.get("/readyz")
            assert ready.json() == {"status": "degraded"}
        await world.settle()


async def test_a_frozen_postgresql_is_503_and_what_was_sent_is_done_once(
    own_servers: EmbeddedServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "LONGEST", 1.0)
    pid_file = own_servers.folder.path / "postgres/postmaster.pid"
    headers = {"Idempotency-Key": "again"}
    async with running_world(own_servers.environment, workers=False) as world:
        await world.token(_DESK)
        with _frozen(pid_file):
            answer = await world.call("POST", _PATH, _DESK, consultation(), headers=headers)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        for _ in range(2):
            answer = await world.call("POST", _PATH, _DESK, consultation(), headers=headers)
            assert answer.status_code == 201
        assert len(await world.get(_PATH, _DESK)) == 1


async def test_without_postgresql_the_answer_is_503_and_nothing_is_stored(
    own_servers: EmbeddedServers,
) -> None:
    async with running_world(own_servers.environment) as world:
        await world.post(_PATH, _DESK, consultation())
        await world.settle()
        own_servers.postgres.stop()
        for method, path in (("POST", _PATH), ("GET", _PATH), ("GET", "/referral/api/inbox")):
            body = consultation() if method == "POST" else None
            answer = await world.call(method, path, _DESK, body)
            assert answer.status_code == 503, answer.text
            assert answer.headers["retry-after"] == "5"
            assert answer.headers["content-type"] == "application/problem+json"
        page = await world.client.get("/sign-in")
        assert page.status_code == 200
        assert (await world.client.get("/readyz")).status_code == 503
        assert (await world.client.get("/livez")).status_code == 200
        own_servers.postgres.start()
        for _ in range(20):
            answer = await world.call("POST", _PATH, _DESK, consultation())
            if answer.status_code == 201:
                break
        assert answer.status_code == 201
        await world.settle()
        rows = await world.get("/metrics/api/indicators?fy=2026", "manager")
        assert next(r["value"] for r in rows if r["id"] == "shakyo-consultations") == 2


async def test_without_postgresql_a_form_waits_for_another_try(
    own_servers: EmbeddedServers,
) -> None:
    async with running_world(own_servers.environment) as world:
        await add_accounts(world.settings)
        await world.client.post("/sign-in", data={"login": "counter", "password": PASSWORD})
        facts = consultation(received_at="2026-05-20T10:00", memo="控え", form_key="one")
        form = {name: value for name, value in facts.items() if not isinstance(value, bool)}
        own_servers.postgres.stop()
        page = await world.client.post("/intake/consultations/new", data=form)
        assert page.status_code == 503
        assert "<button>もう一度送る</button>" in page.text
        for name in ("memo", "form_key", "topics"):
            assert f'<input type="hidden" name="{name}" value="' in page.text
        own_servers.postgres.start()
        for _ in range(20):
            answer = await world.client.post("/intake/consultations/new", data=form)
            if answer.status_code == 303:
                break
        again = await world.client.post("/intake/consultations/new", data=form)
        assert answer.headers["location"] == again.headers["location"]
