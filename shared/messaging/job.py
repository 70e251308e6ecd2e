"""A job: work that a worker does again and again, in one process however many replicas run."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.database import is_transient
from shared.messaging.dead_letters import describe
from shared.messaging.health import Health, rest
from shared.messaging.sole import Standby, sole

log = structlog.get_logger()

#: Seconds of rest after a fault, and until another process may take over.
PAUSE = 0.5
#: Seconds between two signs of life of a job that rests for long; readiness waits for them.
PULSE = 15.0


@dataclass(frozen=True, slots=True)
class Job:
    """`turn` does what waits, in transactions of its own; it says whether more waits.

    `every` is in seconds, between two turns when nothing waits. `finish` ends what turns began.
    """

    name: str
    turn: Callable[[], Awaitable[bool]]
    every: float
    finish: Callable[[], Awaitable[None]] | None = None


async def _wait(job: Job, held: AsyncConnection, health: Health, stop: asyncio.Event) -> None:
    """Rest until the next turn; a long rest says now and then that it goes on, and still may."""
    left = job.every
    while left > 0 and not stop.is_set():
        await rest(stop, min(left, PULSE))
        left -= PULSE
        if left > 0:
            await held.execute(text("SELECT 1"))
            health.well()


async def run_job(job: Job, engine: AsyncEngine, health: Health, stop: asyncio.Event) -> None:
    """Take turns until told to stop; a fault rests and tries again, for ever."""
    while not stop.is_set():
        try:
            async with sole(engine, f"job {job.name}") as held:
                while not stop.is_set():
                    await held.execute(text("SELECT 1"))
                    more = await job.turn()
                    health.well()
                    if not more:
                        await _wait(job, held, health, stop)
        except Standby:
            health.well()
        except Exception as error:  # noqa: BLE001  a job must outlive every fault
            if health.trouble is None:
                level = log.warning if is_transient(error) else log.error
                level("job_waits", job=job.name, error=describe(error))
            health.ill(type(error).__name__)
        await rest(stop, PAUSE)
    if job.finish is not None:
        await job.finish()
