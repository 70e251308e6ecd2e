"""A city's two logs in the producers' databases, read live as the worker does, and rebuilt."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import Random
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncEngine

from services.metrics.domain.rebuilding import Differences
from services.metrics.storage.shadow import OPTIONS
from services.metrics.subscribers import subscriptions
from services.metrics.usecases.keep_rules import keep_rules
from services.metrics.usecases.rebuild_metrics import rebuild_metrics
from shared.database import AS_SERVICE, SERVICE, make_engine, transaction
from shared.messaging import dead_letters, replay
from shared.messaging.apply import Applier, Entry
from shared.messaging.event import Event
from shared.messaging.log_reader import LogReader
from shared.messaging.stream import stream_name
from shared.plan import Plan
from tests.counting.history import City

PRODUCERS = ("intake", "referral")
_NOW = datetime(2029, 4, 1, tzinfo=UTC)
#: Every row that is counted, by table; the number of a contribution is no part of what it says.
_ROWS = {
    "contribution": "to_jsonb(t) - 'number'",
    **dict.fromkeys(
        (
            *("consultation_fact", "leg_fact", "activity_fact", "figure_fact", "conference_fact"),
            *("holder_change", "unmet_need", "case_change", "inbox", "stream_cursor"),
        ),
        "to_jsonb(t)",
    ),
}


def write_log(environment: dict[str, str], producer: str, events: Iterable[str]) -> list[Entry]:
    """Put these envelopes into a producer's log, with their places; the entries of its stream."""
    entries = [Entry(place, event) for place, event in enumerate(events, start=1)]
    with psycopg.connect(
        environment[f"{producer.upper()}_OWNER_DATABASE_URL"], options=AS_SERVICE
    ) as connection:
        connection.execute("TRUNCATE outbox")
        connection.cursor().executemany(
            "INSERT INTO outbox (partition, position, event_id, subject, type, event) VALUES"
            " (0, %s, (%s::jsonb->>'id')::uuid, (%s::jsonb->>'subject')::uuid,"
            " %s::jsonb->>'type', %s)",
            [(one.position, *[one.event] * 4) for one in entries],
        )
    return entries


def envelopes(events: Sequence[Event], unknown: frozenset[int] = frozenset()) -> list[str]:
    """The events as JSON; those at these places as a newer release might write them."""
    told = [event.to_json() for event in events]
    return [
        one.replace('.v1","subject"', '.v9","subject"') if place in unknown else one
        for place, one in enumerate(told)
    ]


def applier(engine: AsyncEngine, plan: Plan, producer: str) -> Applier:
    """What reads a producer's stream."""
    return Applier(engine, stream_name(producer, 0), subscriptions(plan), pause=0)


async def read_live(
    engine: AsyncEngine,
    plan: Plan,
    logs: dict[str, list[Entry]],
    random: Random,
    *,
    pause: float = 0,
) -> None:
    """Both streams side by side, in batches of any size, some of them twice."""

    async def read(producer: str, entries: list[Entry]) -> None:
        reading, place = applier(engine, plan, producer), 0
        while place < len(entries):
            batch = entries[place : place + random.randint(1, 12)]
            for _ in range(random.choice([1, 1, 1, 2])):
                await reading.apply(batch)
            place += len(batch)
            await asyncio.sleep(pause)

    await asyncio.gather(*(read(producer, entries) for producer, entries in logs.items()))


@asynccontextmanager
async def runtime(environment: dict[str, str], pool_size: int = 4) -> AsyncIterator[AsyncEngine]:
    """The metrics database as the service works with it."""
    engine = make_engine(
        environment["METRICS_DATABASE_URL"], pool_size=pool_size, options=AS_SERVICE
    )
    try:
        yield engine
    finally:
        await engine.dispose()


async def rebuild(
    environment: dict[str, str], plan: Plan, tell: Any = None, *, accept: bool = False
) -> tuple[Differences, bool]:
    """A rebuild, as the command does it."""
    producers = {
        name: make_engine(
            environment[f"{name.upper()}_DATABASE_URL"], pool_size=2, options=AS_SERVICE
        )
        for name in PRODUCERS
    }
    owner = make_engine(environment["METRICS_OWNER_DATABASE_URL"], pool_size=6, options=OPTIONS)
    logs = [LogReader(engine, name, 0) for name, engine in producers.items()]
    try:
        return await rebuild_metrics(
            owner, logs, plan, tell or (lambda *_: None), accept_differences=accept
        )
    finally:
        for engine in (owner, *producers.values()):
            await engine.dispose()


def counted(environment: dict[str, str]) -> dict[str, list[Any]]:
    """Every row of what was counted, and of what was read."""
    with psycopg.connect(
        environment["METRICS_OWNER_DATABASE_URL"], options=AS_SERVICE
    ) as connection:
        query = sql.SQL("SELECT {} AS row FROM {} t ORDER BY 1")
        return {
            table: connection.execute(query.format(sql.SQL(row), sql.Identifier(table))).fetchall()
            for table, row in _ROWS.items()
        }


def leftovers(environment: dict[str, str]) -> bool:
    """Whether anything of a rebuild stands beside the live tables."""
    with psycopg.connect(
        environment["METRICS_OWNER_DATABASE_URL"], options=AS_SERVICE
    ) as connection:
        found = connection.execute("SELECT to_regnamespace('rebuild') IS NOT NULL").fetchone()
        assert found is not None
        return bool(found[0])


def write_logs(environment: dict[str, str], city: City, unknown: frozenset[int]) -> dict[str, Any]:
    """Write a city's events in the producers' logs; those of these numbers cannot be read yet."""
    logs = {"intake": city.intake, "referral": city.referral}
    return {
        name: write_log(environment, name, envelopes(events, unknown))
        for name, events in logs.items()
    }


async def keep_planned(engine: Any, plan: Plan) -> None:
    """Note the plan's rules as they are at the end of every history."""
    async with transaction(engine, SERVICE) as connection:
        await keep_rules(connection, plan, _NOW)


def install_readers(environment: dict[str, str]) -> None:
    """A release that knows the events of other versions was installed."""
    mend = "UPDATE {} SET event = replace(event, '.v9\"', '.v1\"')"
    for place, table in [("INTAKE", "outbox"), ("REFERRAL", "outbox"), ("METRICS", "dead_letter")]:
        with psycopg.connect(
            environment[f"{place}_OWNER_DATABASE_URL"], options=AS_SERVICE
        ) as connection:
            connection.execute(sql.SQL(mend).format(sql.Identifier(table)))


async def replay_all(environment: dict[str, str], plan: Plan) -> int:
    """Everything that waits among the dead letters, the oldest first."""
    async with runtime(environment) as engine:
        readers = {stream_name(name, 0): applier(engine, plan, name) for name in PRODUCERS}
        for tries in range(1_000):
            async with engine.connect() as connection:
                waiting = await dead_letters.all_open(connection)
            if not waiting:
                return tries
            first = min(waiting, key=lambda one: (one.stream, one.position))
            await replay.replay(engine, readers.__getitem__, first.number)
    raise AssertionError("they never end")
