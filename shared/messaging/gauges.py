"""A worker's loss accounting as Prometheus gauges: its own log, and what it reads."""

import math
from collections.abc import Iterable, Sequence

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.audit.chaining import count_unchained
from shared.audit.keeping import Keeper
from shared.contracts import READERS
from shared.messaging.accounting import group_standing, log_standing, stream_standing
from shared.messaging.health import Health
from shared.messaging.stream import Stream, stream_name


def _number(value: int | None) -> float:
    """Prometheus knows NaN for what cannot be told now."""
    return math.nan if value is None else value


class LogGauges:
    """Every gauge is measured when it is asked for; nothing is kept between two scrapes."""

    def __init__(
        self,
        service: str,
        engine: AsyncEngine,
        redis: Redis,
        partitions: int,
        trails: Sequence[Keeper] = (),
    ) -> None:
        self._service = service
        self._engine = engine
        self._redis = redis
        self._partitions = partitions
        self._trails = trails

    def _streams(self, producers: Iterable[str]) -> list[tuple[int, Stream]]:
        return [
            (partition, Stream(self._redis, stream_name(producer, partition)))
            for producer in producers
            for partition in range(self._partitions)
        ]

    async def measure(self, parts: Sequence[Health]) -> bytes:
        """The gauges in Prometheus' text format."""
        registry = CollectorRegistry()

        def gauge(name: str, words: str, *labels: str) -> Gauge:
            return Gauge(f"tsunagi_{name}", words, labels, registry=registry)

        outbox = gauge("outbox_position", "Newest position of the log", "stream")
        waiting = gauge("outbox_waiting", "1 while an event has no position yet", "stream")
        end = gauge("stream_position", "Last position of the stream, NaN without Redis", "stream")
        read = gauge("confirmed_position", "Read without a hole up to here", "stream", "group")
        pending = gauge("pending", "Read and not acknowledged", "stream", "group")
        dead = gauge("dead_letters", "Events that could not be applied", "stream", "group")
        trouble = gauge("part_in_trouble", "1 while a part of the worker cannot work", "part")
        unchained = gauge("audit_unchained", "Rows of the trail without a place", "database")
        own = [self._service] if self._service in READERS else []
        for partition, stream in self._streams(own):
            written, unnumbered = await log_standing(self._engine, partition)
            outbox.labels(stream.name).set(written)
            waiting.labels(stream.name).set(unnumbered)
            end.labels(stream.name).set(_number(await stream_standing(stream)))
        others = [name for name, groups in READERS.items() if self._service in groups]
        for _, stream in self._streams(others):
            standing = await group_standing(self._engine, stream, self._service)
            labels = (stream.name, self._service)
            read.labels(*labels).set(standing.confirmed_position)
            pending.labels(*labels).set(_number(standing.pending))
            dead.labels(*labels).set(standing.dead_letters)
        for trail in self._trails:
            unchained.labels(trail.database).set(await count_unchained(trail.engine))
        for part in parts:
            trouble.labels(part.name).set(part.trouble is not None)
        return generate_latest(registry)
