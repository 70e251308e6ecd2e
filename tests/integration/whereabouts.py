"""Everything that is stored anywhere, and the end of its time."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial

import psycopg
import redis
from psycopg import sql

from deploy.databases import NAMES
from services.intake.usecases.forget_words import forget_words as forget_in_intake
from services.metrics.usecases.forget_words import forget_words as forget_in_metrics
from services.referral.usecases.forget_words import forget_words as forget_in_referral
from shared.database import make_engine
from shared.japanese_time import fiscal_year_of, japanese_day
from shared.messaging.connecting import connect_redis
from shared.plan import Plan


def all_stored(environment: Mapping[str, str]) -> dict[str, str]:
    """Everything there is, by table and for the streams, as text."""
    found: dict[str, str] = {}
    for name in NAMES:
        with psycopg.connect(environment[f"{name.upper()}_OWNER_DATABASE_URL"]) as connection:
            connection.execute("SET tsunagi.role = 'service'")
            tables = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            for (table,) in tables:
                query = sql.SQL("SELECT string_agg(one::text, ' ') FROM {} one")
                row = connection.execute(query.format(sql.Identifier(table))).fetchone()
                found[f"{name}.{table}"] = (row and row[0]) or ""
    with redis.Redis.from_url(environment["REDIS_URL"], decode_responses=True) as store:
        keys = list(store.scan_iter())
        assert keys
        assert {store.type(key) for key in keys} == {"stream"}
        found["redis"] = str([store.xrange(key) for key in keys])
    return found


def places(environment: Mapping[str, str], words: Iterable[str]) -> dict[str, set[str]]:
    """Where each of these words is."""
    found = all_stored(environment)
    return {word: {place for place, text in found.items() if word in text} for word in words}


def first_day_after(plan: Plan) -> datetime:
    """When what is finished today has been kept for long enough: the start of a fiscal year."""
    year = fiscal_year_of(japanese_day(datetime.now(UTC))) + plan.retention_years
    return datetime(year + 1, 3, 31, 15, tzinfo=UTC)


async def forget(environment: Mapping[str, str], plan: Plan, now: datetime) -> None:
    """What the workers' jobs do at this moment."""
    engines = {
        name: make_engine(environment[f"{name.upper()}_DATABASE_URL"], pool_size=1)
        for name in ("intake", "referral", "metrics")
    }
    connect = partial(connect_redis, environment["REDIS_URL"])
    await forget_in_intake(engines["intake"], plan, connect, now)
    await forget_in_referral(engines["referral"], plan, now)
    await forget_in_metrics(engines["metrics"], plan, now)
    for engine in engines.values():
        await engine.dispose()
