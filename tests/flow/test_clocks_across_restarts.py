"""Every term fires once: while no worker runs nothing fires, and two of them fire nothing twice."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest

from deploy.embedded.folder import free_port
from shared.database import AS_SERVICE
from shared.settings import load_settings
from tests.processes import Process
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_DESK = "shakyo-sogo"
#: The term that a story leads to, and what opens it: topic, urgency, receiver, days ago.
_STORIES = {
    "accept-emergency": ("isolation", "emergency", "csw", 9),
    "accept-soon": ("isolation", "soon", "csw", 9),
    "accept-normal": ("isolation", "normal", "csw", 9),
    "case-next-step": ("isolation", "normal", "csw", 9),
    "check-in": ("isolation", "normal", "csw", 45),
    "child-safety": ("child-abuse", "normal", "kodomo-katei", 9),
    "assistance-decision": ("public-assistance", "normal", "seikatsu-engo", 20),
}


def _ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


async def _record(world: World, term: str) -> str:
    topic, urgency, receiver, days = _STORIES[term]
    body = consultation(
        **refer(receiver, at=_ago(days)),
        topics=[topic],
        main_topic=topic,
        urgency=urgency,
        received_at=_ago(days + 0.01),
    )
    recorded = await world.post("/intake/api/consultations", f"counter:{_DESK}", body)
    return str(recorded["case_id"])


async def _act(world: World, term: str, case_id: str) -> None:
    """What happened to the case, all of it typed in late."""
    _, _, receiver, days = _STORIES[term]
    [leg] = (await world.get(f"/referral/api/cases/{case_id}", _DESK))["legs"]
    path = f"/referral/api/referrals/{leg['id']}"
    first = {"at": _ago(days - 0.1)}
    if term == "case-next-step":
        await world.post(f"{path}/return", receiver, {"reason": "not-ours"} | first)
    elif not term.startswith("accept"):
        await world.post(f"{path}/accept", receiver, first)
    if term == "assistance-decision":
        on = (datetime.now(UTC) - timedelta(days=days - 1)).date().isoformat()
        contact = {"on": on, "kind": "application", "at": _ago(days - 0.2)}
        await world.post(f"{path}/contacts", receiver, contact)


def _fired(environment: dict[str, str]) -> Counter[tuple[str, str]]:
    """How often each rung of each term was climbed, all cases together by term and case."""
    with psycopg.connect(environment["REFERRAL_DATABASE_URL"], options=AS_SERVICE) as connection:
        rows = connection.execute(
            "SELECT case_id::text || coalesce(leg_id::text, ''), detail->>'clock', action"
            " FROM history WHERE action IN ('remind', 'run-out')"
        )
        return Counter((f"{place} {clock}", action) for place, clock, action in rows)


def _ran_out(fired: Counter[tuple[str, str]]) -> set[str]:
    return {words.rpartition(" ")[2] for words, action in fired if action == "run-out"}


async def _until(holds: Callable[[], bool]) -> None:
    for _ in range(240):
        if holds():
            return
        await asyncio.sleep(0.25)
    raise AssertionError("it never came")


async def _opened(world: World, case_id: str) -> None:
    for _ in range(240):
        answer = await world.call("GET", f"/referral/api/cases/{case_id}", _DESK)
        if answer.status_code == 200:
            return
        await asyncio.sleep(0.25)
    raise AssertionError("the case was not opened")


class _ByService(httpx.AsyncBaseTransport):
    """Each request to the process of its service, as the proxy does it."""

    def __init__(self, pages: dict[str, Process]) -> None:
        self._pages = pages
        self._wire = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        service = request.url.path.split("/")[1]
        request.url = request.url.copy_with(port=self._pages[service].port)
        return await self._wire.handle_async_request(request)

    async def aclose(self) -> None:
        await self._wire.aclose()


async def test_each_term_fires_once_across_restarts(environment: dict[str, str]) -> None:
    started: list[Process] = []

    def serve(service: str, part: str) -> Process:
        started.append(Process(["serve", service, f"--{part}"], free_port(), environment))
        return started[-1]

    try:
        pages = {service: serve(service, "web") for service in ("intake", "referral")}
        _, worker = serve("intake", "worker"), serve("referral", "worker")
        for process in started:
            process.wait_ready()
        base = "http://127.0.0.1"
        async with httpx.AsyncClient(transport=_ByService(pages), base_url=base) as client:
            world = World(load_settings(environment), client)
            case_ids = {term: await _record(world, term) for term in _STORIES}
            for case_id in case_ids.values():
                await _opened(world, case_id)
            worker.kill()
            for term, case_id in case_ids.items():
                await _act(world, term, case_id)
        before = _fired(environment)
        await asyncio.sleep(11)
        assert _fired(environment) == before, "nothing fires while no worker runs"
        replicas = [serve("referral", "worker"), serve("referral", "worker")]
        await _until(lambda: _ran_out(_fired(environment)) >= _STORIES.keys())
        for process in replicas:
            process.kill()
        fired = _fired(environment)
        serve("referral", "worker").wait_ready()
        await asyncio.sleep(3)
        assert _fired(environment) == fired
        assert set(fired.values()) == {1}
    finally:
        for process in started:
            process.close()
