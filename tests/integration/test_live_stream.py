"""The live stream: at once, without a gap over restarts, no longer than allowed."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.requests import Request

from deploy.embedded.folder import free_port
from deploy.serving import build_app
from services.referral.pages import streaming
from services.referral.storage import notifications
from services.referral.storage.notifications import Notification
from shared.database import make_engine
from shared.identity.principal import Principal, Role
from shared.identity.tokens import create_token, revoke_token
from shared.settings import load_settings
from shared.web.app import end_app
from tests.integration.notices import Listening, listening, rows
from tests.processes import Process, tsunagi
from tests.world import World, consultation, refer


@pytest.fixture
def services(environment: dict[str, str]) -> Iterator[dict[str, Process]]:
    """Intake and referral as an operator starts them; referral's pages apart from its worker."""
    parts = {"intake": [], "web": ["--web"], "worker": ["--worker"]}
    started = {
        name: Process(
            ["serve", "intake" if name == "intake" else "referral", *flags],
            free_port(),
            environment,
        )
        for name, flags in parts.items()
    }
    try:
        for process in started.values():
            process.wait_ready()
        yield started
    finally:
        for process in started.values():
            process.close()


def token(environment: dict[str, str], agency: str) -> str:
    return tsunagi(environment, "token", "create", "--role", "agency", "--agency", agency)


def post(process: Process, secret: str, path: str, body: dict[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {secret}"}
    answer = httpx.post(f"{process.url}{path}", json=body, headers=headers, trust_env=False)
    assert answer.is_success, answer.text
    return answer.json()


def stored(environment: dict[str, str]) -> list[int]:
    query = "SELECT number FROM notification WHERE agency = 'csw' ORDER BY number"
    return [row["number"] for row in rows(environment, query)]


def test_news_come_at_once_and_go_on_after_a_restart(
    services: dict[str, Process], environment: dict[str, str]
) -> None:
    desk, csw = token(environment, "houkatsu"), token(environment, "csw")

    def offer() -> None:
        post(services["intake"], desk, "/intake/api/consultations", consultation(**refer("csw")))

    def came(count: int) -> Any:
        return lambda found: len(found.numbers()) >= count

    with listening(services["web"].url, csw) as found:
        assert found.heard[0].data == {"unread": 0}
        begun = time.monotonic()
        offer()
        found.wait(came(1))
        assert time.monotonic() - begun < 2
        told = next(one for one in found.heard if one.event == "notification")
        assert told.id == told.data["number"]
        assert told.data["unread"] == 1
        assert told.data["words"] == "つなぎの依頼が届きました。お返事をお願いします。"
        assert not {"topics", "reason"} & set(told.data)

        stopped = time.monotonic()
        assert services["web"].stop() == 0
        assert time.monotonic() - stopped < 5
        found.wait(lambda one: one.ended)

    for _ in range(3):
        offer()
    services["web"].start()
    services["web"].wait_ready()
    with listening(services["web"].url, csw, last=told.id) as again:
        offer()
        again.wait(came(4))
        assert found.numbers() + again.numbers() == stored(environment)

    services["web"].kill()
    services["web"].start()
    services["web"].wait_ready()
    with listening(services["web"].url, csw, last=0) as whole:
        whole.wait(came(5))
        assert whole.numbers() == stored(environment)


def test_only_parties_hear_that_a_case_stirs(
    services: dict[str, Process], environment: dict[str, str]
) -> None:
    desk, csw = token(environment, "houkatsu"), token(environment, "csw")
    stranger = token(environment, "hoiku")
    url = services["web"].url
    with listening(url, csw) as party, listening(url, stranger) as other:
        body = consultation(**refer("csw"))
        recorded = post(services["intake"], desk, "/intake/api/consultations", body)

        def stirred(found: Listening) -> bool:
            ids = [one.data["case_id"] for one in found.heard if one.event == "stir"]
            return recorded["case_id"] in ids

        party.wait(stirred)
        party.wait(lambda one: one.numbers())
        time.sleep(0.7)
        assert [one.event for one in other.heard] == ["unread"]


def _request(app: Any, secret: str) -> Request:
    headers = [(b"authorization", f"Bearer {secret}".encode())]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "app": app}
    return Request(scope | {"headers": headers})


@pytest.mark.anyio
async def test_a_line_ends_with_its_token(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "PAUSE", 0.05)
    settings = load_settings(environment)
    app = build_app("referral", settings)
    identity = make_engine(settings.database_url("identity"), pool_size=1)
    now = datetime.now(UTC)
    async with identity.begin() as connection:
        secret = await create_token(connection, name="t", role=Role.AGENCY, agency="csw", now=now)
    principal: Principal = await app.state.gate.by_token(secret, now)
    line = streaming.stream(_request(app, secret), principal, None)
    assert b"event: unread" in await anext(line)
    for _ in range(4):
        assert await anext(line) == b": ping\n\n"
    async with identity.begin() as connection:
        await revoke_token(connection, secret, now)
    assert [chunk async for chunk in line] == []
    await identity.dispose()
    await end_app(app)


@pytest.mark.anyio
async def test_a_look_that_has_begun_gives_its_connection_back_before_the_end(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = build_app("referral", load_settings(environment))
    begun, ended = asyncio.Event(), asyncio.Event()

    async def look(*_: object) -> list[Notification]:
        begun.set()
        await asyncio.sleep(0.2)
        ended.set()
        return []

    monkeypatch.setattr(notifications, "after", look)
    async with app.state.feed.listen("csw"):
        await begun.wait()
    await end_app(app)
    assert ended.is_set()


@pytest.mark.anyio
async def test_who_may_not_listen_and_what_is_no_number(quiet_world: World) -> None:
    path = "/referral/api/notifications/stream"
    assert (await quiet_world.client.get(path)).status_code == 401
    assert (await quiet_world.call("GET", path, "manager")).status_code == 403
    for last in ("x", "-1", "9" * 30):
        answer = await quiet_world.call("GET", path, "csw", headers={"Last-Event-ID": last})
        assert answer.status_code == 422
