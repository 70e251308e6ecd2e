"""Promise: wherever exact figures are shown or a release is made, it is said that records wait."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, get_args
from urllib.parse import urlencode

import httpx
import psycopg
import pytest

from services.metrics.domain.series import By
from services.metrics.pages.audited import AUDITED
from shared.database import AS_SERVICE
from tests.counting.test_waiting_events import write_unknown
from tests.world import World, consultation

pytestmark = pytest.mark.anyio

_ROW, _OTHER = "csw-consultations", "shakyo-consultations"
_NOTICE = "まだ数えていない記録が1件あります。"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
#: What is told of releases that were made before; files and the trail show no exact figure.
_PUBLISHED = ("/metrics/feed/", "/metrics/releases/{number}", "/metrics/year-end/{number}/")
_ELSEWHERE = {"GET /metrics/", "GET /metrics/audit"}
#: Empty until something sent has made a release.
_LIST = "GET /metrics/api/releases"
#: Addresses whose figures stand by month, district, age band and desk.
_TAKEN_APART = (f"/{_ROW}?fy=2026", f"/{_ROW}/series?fy=2026")
#: The version of a rule that waits for a manager who compares and switches.
_READY = """
    INSERT INTO counting_rule (indicator, version, state, rule, noted_at)
    SELECT indicator, 2, 'ready', jsonb_set(rule, '{version}', '2'), noted_at
    FROM counting_rule WHERE indicator = ANY (%s)
"""


async def _submit(world: World, path: str, **fields: str) -> httpx.Response:
    """The page that a form leads to."""
    answer = await world.call("POST", path, "manager", headers=_FORM, content=urlencode(fields))
    if answer.status_code != 303:
        return answer
    return await world.call("GET", answer.headers["location"], "manager")


def _posts(world: World) -> dict[str, Callable[[], Awaitable[httpx.Response]]]:
    """What a manager sends to each route that takes something."""
    unfinished = {"reason": "途中の数を知らせるため", "unfinished": "true"}

    def api(path: str, body: dict[str, Any]) -> Callable[[], Awaitable[httpx.Response]]:
        return lambda: world.call("POST", path, "manager", body)

    return {
        "POST /metrics/api/releases": api("/metrics/api/releases", {"period": "2026-05"}),
        "POST /metrics/releases": lambda: _submit(
            world, "/metrics/releases", period="2026-06", act="make", **unfinished
        ),
        "POST /metrics/year-end": lambda: _submit(world, "/metrics/year-end", fy="2025"),
        "POST /metrics/api/rules/{indicator}/switch": api(
            f"/metrics/api/rules/{_ROW}/switch", {"version": 2}
        ),
        "POST /metrics/rules/{indicator}/switch": lambda: _submit(
            world, f"/metrics/rules/{_OTHER}/switch", version="2"
        ),
    }


def _walked() -> list[str]:
    """Every route but those that are known to show no exact figure: a new one is among them."""
    return sorted(
        route
        for route in AUDITED
        if route not in _ELSEWHERE and not route.split(" ", 1)[1].startswith(_PUBLISHED)
    )


def _says_so(answer: httpx.Response) -> bool:
    assert answer.is_success, f"{answer.request.url}: {answer.status_code} {answer.text}"
    if not answer.headers["content-type"].startswith("application/json"):
        return _NOTICE in answer.text
    found = answer.json()
    if isinstance(found, list) and answer.headers.get("waiting-events") != "1":
        return False
    rows = found if isinstance(found, list) else [found]
    return all(row.get("waiting_events") == 1 for row in rows)


@pytest.fixture
async def waiting(environment: dict[str, str], world: World) -> World:
    """A consultation that was counted, an event that could not be, and rules to switch to."""
    write_unknown(environment, "tsunagi.intake.consultation-recorded.v9")
    await world.post("/intake/api/consultations", "counter:csw", consultation())
    for _ in range(200):
        [*rows] = await world.get("/metrics/api/indicators?fy=2026", "manager")
        counted = next(row["value"] for row in rows if row["id"] == _ROW)
        if rows[0]["waiting_events"] and counted:
            break
        await asyncio.sleep(0.05)
    with psycopg.connect(environment["METRICS_DATABASE_URL"], options=AS_SERVICE) as connection:
        assert connection.execute(_READY, [[_ROW, _OTHER]]).rowcount == 2
    return world


async def test_every_route_with_exact_figures_says_that_records_wait(waiting: World) -> None:
    posts = _posts(waiting)
    routes = _walked()
    silent = []
    for route in sorted(routes, key=lambda one: (one == _LIST, not one.startswith("GET "))):
        method, path = route.split(" ", 1)
        if method != "GET":
            answers = [await posts[route]()]
        else:
            path = f"{path.replace('{indicator}', _ROW)}?fy=2026"
            parts = [f"&by={by}" for by in get_args(By)] if path.endswith(_TAKEN_APART) else [""]
            answers = [await waiting.call("GET", path + part, "manager") for part in parts]
        silent += [str(one.request.url) for one in answers if not _says_so(one)]
        assert any(one.text != "[]" for one in answers), route
    assert silent == []
    assert len(routes) > 15
    assert posts.keys() == {one for one in routes if one.startswith("POST ")}


async def test_a_list_without_rows_says_it_too(waiting: World) -> None:
    lists = (
        "/metrics/api/releases",
        "/metrics/api/indicators/volunteer-hosts/records?fy=2026",
        "/metrics/api/indicators/volunteer-hosts/series?fy=2026&by=district",
    )
    for path in lists:
        answer = await waiting.call("GET", path, "manager")
        assert answer.json() == [], path
        assert answer.headers["waiting-events"] == "1", path
    for who in ("csw", "admin"):
        answer = await waiting.call("GET", "/metrics/api/releases", who)
        assert "waiting-events" not in answer.headers
    assert (await waiting.post("/metrics/api/releases", "manager", {"period": "2026-05"}))["number"]
    told = {
        who: (await waiting.get("/metrics/api/releases", who))[0]["waiting_events"]
        for who in ("manager", "csw")
    }
    assert told == {"manager": 1, "csw": None}


async def test_the_look_before_a_release_says_it_too(waiting: World) -> None:
    fields = {"period": "2026-05", "act": "look"}
    page = await _submit(waiting, "/metrics/releases", **fields)
    assert "として、第1版で公表します" in page.text
    assert _says_so(page)
