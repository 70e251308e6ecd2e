"""How fast events come into inbox and effect, beside a plain loop and FastStream one by one."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from statistics import median
from typing import Any

import psycopg
import redis
from uuid_utils.compat import uuid7

from deploy.serving import build_worker
from services.metrics.domain.contributions import Counter
from shared.contracts import ConsultationRecordedV1
from shared.database import AS_SERVICE
from shared.messaging.event import Cause, Event
from shared.messaging.stream import FIELD, stream_name
from shared.plan import Plan, load_plan
from shared.settings import Settings, load_settings
from tests.performance.rivals import one_by_one, plain_loop
from tests.performance.table import Line

ROUNDS = 3
EVENTS = 20_000
SINGLE_EVENTS = 600
READER_GOAL = 5_000
PLAIN_GOAL = 0.5
SINGLE_GOAL = 15
STREAM = stream_name("intake", 0)

_EFFECT = """
    SELECT (SELECT count(*) FROM inbox),
        (SELECT md5(string_agg(f::text, ',' ORDER BY id)) FROM consultation_fact f),
        (SELECT md5(string_agg((to_jsonb(c) - 'number')::text, ',' ORDER BY subject, indicator))
         FROM contribution c)
"""


def _events(plan: Plan, how_many: int) -> list[str]:
    """Consultations of every desk about one to three topics, the same in every run but for ids."""
    chance = random.Random(1)
    desks, topics = list(plan.agencies), list(plan.topics)
    begins = datetime(2026, 4, 1, tzinfo=UTC)
    made = []
    for number in range(how_many):
        chosen = chance.sample(topics, chance.randint(1, 3))
        at = begins + timedelta(minutes=number)
        data = ConsultationRecordedV1(
            desk=chance.choice(desks),
            received_at=at,
            anonymous=False,
            repeat=False,
            topics=tuple(chosen),
            main_topic=chosen[0],
            revision=1,
            **{
                name: chance.choice(list(plan.codes[name]))
                for name in (
                    *("caller", "channel", "age_band", "sex", "district"),
                    *("household", "urgency", "response"),
                )
            },
        )
        cause = Cause(str(uuid7()), str(uuid7()))
        made.append(Event.of(data, subject=uuid7(), time=at, cause=cause).to_json())
    return made


@dataclass(frozen=True, slots=True)
class _Bench:
    """The servers, and what every contestant reads."""

    settings: Settings
    owner_url: str
    plan: Plan
    events: Sequence[str]

    @property
    def database_url(self) -> str:
        return self.settings.database_url("metrics")

    @property
    def redis_url(self) -> str:
        return self.settings.redis_url.get_secret_value()

    def begin(self, how_many: int) -> None:
        """Empty tables, and a stream with this many events."""
        with psycopg.connect(self.owner_url, options=AS_SERVICE) as connection:
            connection.execute("TRUNCATE inbox, stream_cursor, consultation_fact, contribution")
        client = redis.Redis.from_url(self.redis_url)
        client.flushall()
        wire: Any = client.pipeline(transaction=False)
        for position, event in enumerate(islice(self.events, how_many), start=1):
            wire.xadd(STREAM, {FIELD: event}, id=f"{position}-0")
        wire.execute()
        client.close()

    def effect(self) -> tuple[Any, ...]:
        """A digest of every row that the events led to."""
        with psycopg.connect(self.owner_url, options=AS_SERVICE) as connection:
            row = connection.execute(_EFFECT).fetchone()
            assert row is not None
            return row


async def _read(bench: _Bench) -> float:
    """Let the metrics service's own worker read until its cursor is at the end."""
    query = "SELECT 1 FROM stream_cursor WHERE stream = %s AND position = %s"
    begun = time.perf_counter()
    worker = build_worker("metrics", bench.settings)
    running = asyncio.create_task(worker.run())
    look = await psycopg.AsyncConnection.connect(
        bench.owner_url, autocommit=True, options=AS_SERVICE
    )
    async with look:
        while not await (await look.execute(query, [STREAM, EVENTS])).fetchone():  # noqa: ASYNC110  a table tells nobody
            await asyncio.sleep(0.02)
    spent = time.perf_counter() - begun
    worker.stop()
    await running
    return spent


def _run(bench: _Bench, contestant: str, counter: Counter) -> float:
    """Events per second of one contestant, from its start to its last commit."""
    if contestant == "one by one":
        bench.begin(SINGLE_EVENTS)
        place = (bench.database_url, bench.redis_url, STREAM, SINGLE_EVENTS)
        return SINGLE_EVENTS / asyncio.run(one_by_one(*place, counter))
    bench.begin(EVENTS)
    if contestant == "reader":
        return EVENTS / asyncio.run(_read(bench))
    place = (bench.database_url, bench.redis_url, STREAM, EVENTS)
    return EVENTS / plain_loop(*place, counter)


def measure(environment: dict[str, str]) -> list[Line]:
    """Rounds of every contestant in turn; ratios are taken inside each round."""
    settings = load_settings(environment)
    plan = load_plan(settings.tsunagi_plan)
    owner_url = environment["METRICS_OWNER_DATABASE_URL"]
    bench = _Bench(settings, owner_url, plan, _events(plan, EVENTS))
    counter = Counter(plan)
    rates: dict[str, list[float]] = {name: [] for name in ("reader", "plain loop", "one by one")}
    for number in range(ROUNDS):
        effects = {}
        for contestant in rates if number % 2 == 0 else reversed(rates):
            rates[contestant].append(_run(bench, contestant, counter))
            effects[contestant] = bench.effect()
        if effects["reader"] != effects["plain loop"]:
            raise RuntimeError("the reader and the plain loop stored different rows")
    lines = [
        Line(f"Consuming into inbox and effect: {name}", f"{median(found):.0f} events/s")
        for name, found in rates.items()
    ]
    lines[0] = Line.least(lines[0].what, median(rates["reader"]), "events/s", READER_GOAL)
    for other, goal in (("plain loop", PLAIN_GOAL), ("one by one", SINGLE_GOAL)):
        pairs = zip(rates["reader"], rates[other], strict=True)
        ratio = median(mine / theirs for mine, theirs in pairs)
        lines.append(Line.ratio(f"Consuming: reader / {other}", ratio, goal))
    return lines
