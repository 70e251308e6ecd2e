"""The worker of one service: its relays, its readers and its jobs, side by side in one process."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog
from faststream.redis import RedisBroker
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.audit.keeping import Keeper
from shared.contracts import READERS
from shared.database import is_transient
from shared.messaging.apply import Applier
from shared.messaging.connecting import connect_redis
from shared.messaging.dead_letters import describe
from shared.messaging.gauges import LogGauges
from shared.messaging.health import Health, rest
from shared.messaging.job import PAUSE, Job, run_job
from shared.messaging.reader import Reader, run_reader
from shared.messaging.relay import Relay, run_relay
from shared.messaging.stream import Stream, stream_name
from shared.messaging.subscription import Subscriptions

log = structlog.get_logger()


class Worker:
    """Everything that one service does in the background."""

    def __init__(
        self,
        *,
        service: str,
        engine: AsyncEngine,
        redis_url: str,
        subscriptions: Subscriptions,
        partitions: int,
        clock: Callable[[], datetime],
        jobs: Sequence[Job] = (),
        trails: Sequence[Keeper] = (),
        prepare: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.service = service
        self.parts: list[Health] = []
        self._engine = engine
        self._redis_url = redis_url
        self._redis = connect_redis(redis_url)
        self._gauges = LogGauges(service, engine, self._redis, partitions, trails)
        self._subscriptions = subscriptions
        self._partitions = partitions
        self._clock = clock
        self._jobs = [*jobs, *(Job(f"audit {one.database}", one.turn, every=1) for one in trails)]
        self._trails = trails
        self._prepare = prepare
        self._stop = asyncio.Event()

    def troubles(self) -> list[str]:
        """The parts that have been stuck for too long, with their reason; empty when ready."""
        stuck = ((part.name, part.stuck()) for part in self.parts)
        return [f"{name}: {reason}" for name, reason in stuck if reason is not None]

    async def gauges(self) -> bytes:
        """The worker's loss accounting, for Prometheus."""
        return await self._gauges.measure(self.parts)

    def applier(self, stream: str) -> Applier:
        """What applies a stream's events to this service, as its reader does."""
        return Applier(self._engine, stream, self._subscriptions)

    def stop(self) -> None:
        """Let every part finish what it is doing, and end."""
        self._stop.set()

    async def run(self) -> None:
        """Relay, read and do the jobs until told to stop.

        `prepare` comes before all of them; what it refuses ends the worker.
        """
        await self._get_ready()
        # FastStream takes None for "no log lines of its own", though its types do not say so.
        broker = RedisBroker(self._redis_url, logger=None, graceful_timeout=10, apply_types=False)  # type: ignore[arg-type]
        await broker.connect()
        try:
            async with asyncio.TaskGroup() as tasks:
                if self.service in READERS:
                    for partition in range(self._partitions):
                        stream = Stream(self._redis, stream_name(self.service, partition))
                        relay = Relay(self._engine, stream, partition)
                        part = self._part(f"relay {stream.name}")
                        tasks.create_task(run_relay(relay, part, self._stop))
                for reader, part in self._readers(broker):
                    tasks.create_task(run_reader(reader, part, self._stop))
                for job in self._jobs:
                    part = self._part(f"job {job.name}")
                    tasks.create_task(run_job(job, self._engine, part, self._stop))
        finally:
            await broker.stop()
            await self._close()

    async def _get_ready(self) -> None:
        """Prepare, and wait for the database for as long as it is away."""
        if self._prepare is None:
            return
        part = self._part("start")
        while not self._stop.is_set():
            try:
                await self._prepare()
            except Exception as error:
                if not is_transient(error):
                    await self._close()
                    raise
                if part.trouble != type(error).__name__:
                    log.warning("start_waits", service=self.service, error=describe(error))
                part.ill(type(error).__name__)
                await rest(self._stop, PAUSE)
            else:
                self.parts.remove(part)
                return

    async def _close(self) -> None:
        await self._redis.aclose()
        for engine in {self._engine, *(one.engine for one in self._trails)}:
            await engine.dispose()

    def _part(self, name: str) -> Health:
        part = Health(name, self._clock)
        self.parts.append(part)
        return part

    def _readers(self, broker: RedisBroker) -> list[tuple[Reader, Health]]:
        readers = []
        consumer = f"{socket.gethostname()}-{os.getpid()}"
        for producer, groups in READERS.items():
            if self.service not in groups:
                continue
            for partition in range(self._partitions):
                stream = Stream(self._redis, stream_name(producer, partition))
                reader = Reader(
                    broker=broker,
                    engine=self._engine,
                    stream=stream,
                    group=self.service,
                    applier=self.applier(stream.name),
                    consumer=consumer,
                )
                readers.append((reader, self._part(f"reader {stream.name}")))
        return readers
