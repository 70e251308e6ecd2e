"""What no reader could take is kept without being quoted, and its letters end with its time."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from shared.database import AS_SERVICE, make_engine
from shared.messaging import dead_letters
from shared.messaging.tables import outbox
from shared.plan import Plan
from tests.integration.whereabouts import first_day_after, forget, places
from tests.world import World

pytestmark = pytest.mark.anyio


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
        name: make_engine(world.settings.database_url(name), pool_size=1, options=AS_SERVICE)
        for name in ("intake", "referral", "metrics")
    }
    letters = {"referral.dead_letter", "metrics.dead_letter"}
    with capture_logs() as logs:
        async with engines["intake"].begin() as connection:
            await connection.execute(outbox.insert().values(row | {"type": "broken"}))
        await _until_given_up(engines["referral"], engines["metrics"])
        gauges = [await worker.gauges() for worker in world.workers.values()]
    assert places(environment, [word])[word] == {"intake.outbox", "redis", *letters}
    assert any(line["event"] == "event_kept_as_dead_letter" for line in logs)
    assert word not in f"{logs}{gauges}"
    for name in ("referral", "metrics"):
        async with engines[name].begin() as connection:
            [letter] = await dead_letters.all_open(connection)
            assert letter.error.startswith("invalid data: ")
            assert word not in letter.error
            await dead_letters.settle(connection, letter.number, "discarded")
    await forget(environment, plan, datetime.now(UTC) + timedelta(days=1))
    assert letters <= places(environment, [word])[word]
    await forget(environment, plan, first_day_after(plan))
    assert not letters & places(environment, [word])[word]
    for engine in engines.values():
        await engine.dispose()
