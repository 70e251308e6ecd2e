"""`tsunagi doctor` says whether anything is missing or stuck, and what to do."""

import json
from typing import Any

import pytest
import redis

from deploy.doctor import advice, look, report
from shared.database import AS_SERVICE, make_engine
from shared.messaging import dead_letters
from tests.servers import without_redis
from tests.world import World, consultation, running_world

pytestmark = pytest.mark.anyio


async def _report(world: World) -> tuple[dict[str, Any], str]:
    standings = await look(world.settings)
    words = " ".join(line for one in standings for line in advice(one))
    return json.loads(json.dumps(report(standings))), words


async def test_everything_arrived(world: World) -> None:
    await world.post("/intake/api/consultations", "counter:csw", consultation())
    await world.settle()
    found, words = await _report(world)
    assert found == {
        "ok": True,
        "streams": [
            {
                "stream": "ev:{intake.0}",
                "outbox_position": 1,
                "stream_position": 1,
                "groups": [
                    {"group": "referral", "confirmed_position": 1, "pending": 0, "dead_letters": 0},
                    {"group": "metrics", "confirmed_position": 1, "pending": 0, "dead_letters": 0},
                ],
            },
            {
                "stream": "ev:{referral.0}",
                "outbox_position": 0,
                "stream_position": 0,
                "groups": [
                    {"group": "intake", "confirmed_position": 0, "pending": 0, "dead_letters": 0},
                    {"group": "metrics", "confirmed_position": 0, "pending": 0, "dead_letters": 0},
                    {"group": "referral", "confirmed_position": 0, "pending": 0, "dead_letters": 0},
                ],
            },
        ],
    }
    assert words == ""


async def test_what_was_not_sent_is_told(environment: dict[str, str]) -> None:
    async with running_world(environment, workers=False) as world:
        await world.post("/intake/api/consultations", "counter:csw", consultation())
        found, words = await _report(world)
    assert found["ok"] is False
    assert "まだ送られていない記録があります。" in words


async def test_a_stream_that_is_ahead_is_told(quiet_world: World) -> None:
    with redis.Redis.from_url(quiet_world.settings.redis_url.get_secret_value()) as store:
        store.xadd("ev:{intake.0}", {"event": "{}"}, id="5-0")
    found, words = await _report(quiet_world)
    assert found["ok"] is False
    assert "ストリームがデータベースより進んでいます。" in words


async def test_dead_letters_are_told(world: World) -> None:
    await world.settle()
    engine = make_engine(world.settings.database_url("metrics"), pool_size=1, options=AS_SERVICE)
    async with engine.begin() as connection:
        await dead_letters.keep(
            connection,
            stream="ev:{intake.0}",
            position=1,
            event="{}",
            state="failed",
            error="ValueError",
            attempts=5,
        )
    await engine.dispose()
    found, words = await _report(world)
    assert found["ok"] is False
    assert "metrics に処理できなかったイベントが 1 件あります。" in words
    assert "tsunagi dead-letters list metrics" in words


async def test_without_redis_the_records_are_safe(environment: dict[str, str]) -> None:
    away = without_redis(environment)
    async with running_world(away, workers=False) as world:
        await world.post("/intake/api/consultations", "counter:csw", consultation())
        found, words = await _report(world)
    assert found["ok"] is False
    assert found["streams"][0]["stream_position"] is None
    assert "Redis に届きません。" in words
