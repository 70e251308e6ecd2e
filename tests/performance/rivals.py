"""What the reader is measured against: a plain psycopg batch loop, and FastStream one by one."""

import asyncio
import json
import time
from typing import Any
from uuid import UUID

import psycopg
import redis
from faststream.redis import RedisBroker, StreamSub

from services.metrics.domain.contribution import Contribution
from services.metrics.domain.contributions import Counter
from services.metrics.domain.facts import ConsultationFact, LegFact
from services.metrics.domain.folding import fold_consultation
from services.metrics.usecases.count_events import count_events
from shared.contracts import ConsultationRecordedV1
from shared.database import AS_SERVICE, make_engine
from shared.messaging import inbox
from shared.messaging.event import Event
from shared.messaging.stream import FIELD, position_of

BATCH = 500

_FRESH = (
    "INSERT INTO inbox (event_id) SELECT unnest(%s::uuid[])"
    " ON CONFLICT DO NOTHING RETURNING event_id"
)
_FACT = """
    INSERT INTO consultation_fact
        (id, revision, cancelled, desk, received_on, caller, age_band, district, topics,
         main_topic, response)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (id) DO UPDATE SET
        revision = excluded.revision, cancelled = excluded.cancelled, desk = excluded.desk,
        received_on = excluded.received_on, caller = excluded.caller,
        age_band = excluded.age_band, district = excluded.district, topics = excluded.topics,
        main_topic = excluded.main_topic, response = excluded.response
    WHERE consultation_fact.revision < excluded.revision
"""
_LEGS = (
    "SELECT id, consultation_id, case_id, sender, receiver, lead, state, offered_at, accepted_at,"
    " closed_at, outcome, returns FROM leg_fact WHERE consultation_id = ANY(%s)"
)
_CURSOR = (
    "INSERT INTO stream_cursor (stream, position) VALUES (%s, %s)"
    " ON CONFLICT (stream) DO UPDATE SET position = excluded.position"
)
_COLUMNS = (
    "subject, indicator, role, fiscal_year, day, part, quantity, numerator, denominator, state,"
    " desk, district, age_band, rule_version, shielded"
)
_SHARES = (
    f"INSERT INTO contribution ({_COLUMNS}) SELECT {_COLUMNS} FROM"  # noqa: S608  our own names
    " json_populate_recordset(NULL::contribution, %s)"
)


def _fact_row(fact: ConsultationFact) -> tuple[object, ...]:
    return (
        fact.id,
        fact.revision,
        fact.cancelled,
        fact.desk,
        fact.received_on,
        fact.caller,
        fact.age_band,
        fact.district,
        list(fact.topics),
        fact.main_topic,
        fact.response,
    )


def _share_row(share: Contribution) -> dict[str, object]:
    return {name: getattr(share, name) for name in _COLUMNS.split(", ")}


def _count(connection: psycopg.Connection, raw: list[bytes], counter: Counter) -> None:
    """The same inbox rows, facts and contributions, with SQL written for this one contract."""
    envelopes = {UUID(envelope["id"]): envelope for envelope in map(json.loads, raw)}
    fresh = connection.execute(_FRESH, [list(envelopes)]).fetchall()
    facts = []
    for (event_id,) in fresh:
        envelope = envelopes[event_id]
        told = ConsultationRecordedV1.model_validate(envelope["data"])
        fact = fold_consultation(None, UUID(envelope["subject"]), told)
        if fact is not None:
            facts.append(fact)
    ids = [fact.id for fact in facts]
    with connection.cursor() as cursor:
        cursor.executemany(_FACT, [_fact_row(fact) for fact in facts])
        legs: dict[UUID, list[LegFact]] = {}
        for row in cursor.execute(_LEGS, [ids]).fetchall():
            legs.setdefault(row[1], []).append(LegFact(*row))
        cursor.execute("DELETE FROM contribution WHERE subject = ANY(%s)", [ids])
        shares = [
            _share_row(share)
            for fact in facts
            for share in counter.of_consultation(fact, legs.get(fact.id, []))
        ]
        cursor.execute(_SHARES, [json.dumps(shares, default=str)])


def plain_loop(
    database_url: str, redis_url: str, stream: str, events: int, counter: Counter
) -> float:
    """redis-py and psycopg, one transaction for each batch; returns the seconds."""
    begun, done = time.perf_counter(), 0
    client: Any = redis.Redis.from_url(redis_url)
    client.xgroup_create(stream, "plain", id="0", mkstream=True)
    with psycopg.connect(database_url, options=AS_SERVICE) as connection:
        while done < events:
            [[_, entries]] = client.xreadgroup("plain", "bench", {stream: ">"}, count=BATCH)
            with connection.transaction():
                _count(connection, [fields[FIELD] for _, fields in entries], counter)
                connection.execute(_CURSOR, [stream, position_of(entries[-1][0])])
            client.xack(stream, "plain", *[entry_id for entry_id, _ in entries])
            done += len(entries)
    client.close()
    return time.perf_counter() - begun


async def one_by_one(
    database_url: str, redis_url: str, stream: str, events: int, counter: Counter
) -> float:
    """A FastStream subscriber, one transaction for each message; returns the seconds."""
    begun, handled = time.perf_counter(), 0
    finished = asyncio.Event()
    engine = make_engine(database_url, options=AS_SERVICE)
    broker = RedisBroker(redis_url, logger=None)  # type: ignore[arg-type]

    @broker.subscriber(stream=StreamSub(stream, group="single", consumer="bench", last_id="0"))
    async def on_event(message: dict[str, str]) -> None:
        nonlocal handled
        event = Event.from_json(message["event"])
        async with engine.begin() as connection:
            if await inbox.note_new(connection, [event.id]):
                await count_events(connection, [event], counter)
        handled += 1
        if handled == events:
            finished.set()

    await broker.start()
    await finished.wait()
    spent = time.perf_counter() - begun
    await broker.stop()
    await engine.dispose()
    return spent
