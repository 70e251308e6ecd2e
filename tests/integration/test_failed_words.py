"""The same as in test_canary.py for a word that only a page asks for, and for what failed."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from services.intake.storage import overrides
from shared.database import SERVICE, make_engine, transaction
from shared.messaging import dead_letters
from shared.messaging.tables import outbox
from shared.plan import Plan
from tests.integration.meetings import DESK
from tests.integration.whereabouts import all_stored, first_day_after, forget
from tests.world import World, consultation

pytestmark = pytest.mark.anyio


def _places(environment: Mapping[str, str], word: str) -> set[str]:
    return {place for place, text in all_stored(environment).items() if word in text}


async def test_why_the_plan_was_not_followed_ends_with_its_time(
    world: World, environment: dict[str, str], plan: Plan
) -> None:
    recorded = await world.post(
        "/intake/api/consultations", f"counter:{DESK}", consultation(response="listening")
    )
    engine = make_engine(world.settings.database_url("intake"), pool_size=1)
    async with transaction(engine, SERVICE) as connection:
        await overrides.keep(connection, UUID(recorded["id"]), "藤の札", datetime.now(UTC))
    await engine.dispose()
    await world.settle()
    assert _places(environment, "藤の札") == {"intake.override"}
    await forget(environment, plan, first_day_after(plan))
    assert _places(environment, "藤の札") == set()


async def _until_given_up(*reading: AsyncEngine) -> None:
    for _ in range(300):
        counts = []
        for engine in reading:
            async with engine.connect() as connection:
                counts.append(await dead_letters.count_open(connection))
        if all(counts):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("nothing was given up")


async def test_what_could_not_be_read_is_kept_without_being_quoted(
    world: World, environment: dict[str, str], plan: Plan
) -> None:
    word, subject = "桔梗色の札", uuid4()
    envelope = (
        f'{{"id":"{uuid4()}","subject":"{subject}","time":"2026-05-20T01:00:00Z","correlationid":'
        f'"x","causationid":"x","type":"tsunagi.intake.referral-requested.v1",'
        f'"data":{{"reason":"{word}","authorised_by":"{word}"}}}}'
    )
    row = {"partition": 0, "event_id": uuid4(), "subject": subject, "event": envelope}
    engines = {
        name: make_engine(world.settings.database_url(name), pool_size=1)
        for name in ("intake", "referral", "metrics")
    }
    letters = {"referral.dead_letter", "metrics.dead_letter"}
    with capture_logs() as logs:
        async with engines["intake"].begin() as connection:
            await connection.execute(outbox.insert().values(row | {"type": "broken"}))
        await _until_given_up(engines["referral"], engines["metrics"])
        gauges = [await worker.gauges() for worker in world.workers.values()]
    assert _places(environment, word) == {"intake.outbox", "redis", *letters}
    assert any(line["event"] == "event_kept_as_dead_letter" for line in logs)
    assert word not in f"{logs}{gauges}"
    for name in ("referral", "metrics"):
        async with engines[name].begin() as connection:
            [letter] = await dead_letters.all_open(connection)
            assert letter.error.startswith("invalid data: ")
            assert word not in letter.error
            await dead_letters.settle(connection, letter.number, "discarded")
    await forget(environment, plan, datetime.now(UTC) + timedelta(days=1))
    assert letters <= _places(environment, word)
    await forget(environment, plan, first_day_after(plan))
    assert not letters & _places(environment, word)
    for engine in engines.values():
        await engine.dispose()
