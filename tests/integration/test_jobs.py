"""A job that looks once an hour is as alive as one that looks every second."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from shared.database import make_engine
from shared.messaging import job as jobs
from shared.messaging.health import SILENCE, Health
from shared.messaging.job import Job, run_job

pytestmark = pytest.mark.anyio


class _Told(Health):
    """Lets a test wait for the next time that the part says that it works."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__("job retention", clock)
        self.signs = asyncio.Semaphore(0)

    def well(self) -> None:
        super().well()
        self.signs.release()


async def test_a_long_rest_is_not_silence(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert timedelta(seconds=jobs.PULSE) < SILENCE / 2
    monkeypatch.setattr(jobs, "PULSE", 0.02)
    engine = make_engine(environment["INTAKE_DATABASE_URL"], pool_size=1)
    now, stop = datetime(2026, 6, 1, tzinfo=UTC), asyncio.Event()
    turns: list[datetime] = []
    health = _Told(lambda: now)

    async def turn() -> bool:
        turns.append(now)
        return False

    running = asyncio.create_task(run_job(Job("retention", turn, every=3600), engine, health, stop))
    async with asyncio.timeout(20):
        await health.signs.acquire()
        now += SILENCE + timedelta(seconds=1)
        for _ in range(3):
            await health.signs.acquire()
    assert (health.stuck(), len(turns)) == (None, 1)
    stop.set()
    await running
    await engine.dispose()
