"""How long the public dashboard takes on the server with ten years of data."""

import asyncio
import time
from collections.abc import Mapping
from datetime import date
from statistics import median

import httpx

from shared.plan import load_plan
from shared.settings import load_settings
from tests.dashboard.years import city_release
from tests.feed.samples import publish
from tests.performance.serving import serving
from tests.performance.table import Line

YEARS, VIEWS, GOAL = 10, 15, 100.0
_FIRST = 2025
#: Pages of the newest release; the first is the one with a goal.
PAGES: Mapping[str, str] = {
    "dashboard": "/metrics/",
    "one indicator with its charts": "/metrics/releases/1/indicators/welfare-consultations",
    "all of it for paper": "/metrics/releases/1/paper",
}


def _publish(environment: dict[str, str]) -> None:
    settings = load_settings(environment)
    last = date(_FIRST + YEARS, 3, 31)
    release = city_release(load_plan(settings.tsunagi_plan), last, first=_FIRST)
    asyncio.run(publish(settings, release))


def _view(client: httpx.Client, path: str) -> float:
    """Milliseconds for one page, answered by a process that does nothing else."""
    begun = time.perf_counter()
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return (time.perf_counter() - begun) * 1000


def measure(environment: dict[str, str]) -> list[Line]:
    """The median of several views of each page."""
    _publish(environment)
    lines = []
    with (
        serving(environment, "metrics") as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client,
    ):
        for words, path in PAGES.items():
            _view(client, path)
            took = median(_view(client, path) for _ in range(VIEWS))
            what = f"{YEARS} years of figures: {words}"
            plain = Line(what, f"{took:.1f} ms")
            lines.append(Line.most(what, took, "ms", GOAL) if path == "/metrics/" else plain)
    return lines
