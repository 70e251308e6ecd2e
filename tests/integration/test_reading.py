"""Readers outlive every fault of Redis, and one of many reads at a time."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import redis

from deploy.serving import build_worker
from shared.settings import load_settings
from tests.servers import without_redis
from tests.world import World, consultation, running_world

pytestmark = pytest.mark.anyio

_DESK = "counter:chiiki-kyosei"


async def _record(world: World, times: int) -> None:
    for _ in range(times):
        await world.post("/intake/api/consultations", _DESK, consultation())


async def _counted(world: World) -> int:
    await world.settle()
    rows = await world.get("/metrics/api/indicators?fy=2026", "manager")
    return int(next(row["value"] for row in rows if row["id"] == "welfare-consultations"))


def _store(world: World) -> redis.Redis:
    return redis.Redis.from_url(world.settings.redis_url.get_secret_value())


async def test_a_wiped_redis_loses_and_doubles_nothing(world: World) -> None:
    await _record(world, 3)
    assert await _counted(world) == 3
    with _store(world) as store:
        store.flushall()
    await _record(world, 2)
    assert await _counted(world) == 5


async def test_redis_wiped_before_anybody_read_loses_nothing(environment: dict[str, str]) -> None:
    async with running_world(environment, workers=False) as quiet:
        await _record(quiet, 3)
    async with running_world(environment) as world:
        with _store(world) as store:
            store.flushall()
        assert await _counted(world) == 3


async def test_a_group_that_was_removed_is_made_again(world: World) -> None:
    await _record(world, 1)
    assert await _counted(world) == 1
    with _store(world) as store:
        store.xgroup_destroy("ev:{intake.0}", "metrics")
    await _record(world, 2)
    assert await _counted(world) == 3


async def test_a_group_at_the_end_of_the_stream_skips_nothing(environment: dict[str, str]) -> None:
    async with running_world(environment) as world:
        await _record(world, 2)
        assert await _counted(world) == 2
    async with running_world(environment, workers=False) as quiet:
        await _record(quiet, 2)
        intake = build_worker("intake", quiet.settings)
        relaying = asyncio.create_task(intake.run())
        with _store(quiet) as store:
            for _ in range(200):
                await asyncio.sleep(0.05)
                if store.xlen("ev:{intake.0}") == 4:
                    break
            store.xgroup_setid("ev:{intake.0}", "metrics", "$")
        intake.stop()
        await relaying
    async with running_world(environment) as world:
        assert await _counted(world) == 4


async def test_a_second_worker_stands_by_and_takes_over(world: World) -> None:
    second = build_worker("metrics", world.settings)
    standing_by = asyncio.create_task(second.run())
    await _record(world, 3)
    assert await _counted(world) == 3
    assert second.troubles() == []
    second.stop()
    await standing_by


async def test_a_worker_says_what_is_stuck_once_it_has_waited(
    environment: dict[str, str],
) -> None:
    settings = load_settings(without_redis(environment))
    passed = timedelta()

    def clock() -> datetime:
        return datetime(2026, 5, 20, tzinfo=UTC) + passed

    worker = build_worker("intake", settings, clock)

    def in_eleven_seconds() -> list[str]:
        nonlocal passed
        passed = timedelta(seconds=11)
        found = worker.troubles()
        passed = timedelta()
        return found

    stuck = ["relay ev:{intake.0}: ConnectionError", "reader ev:{referral.0}: ConnectionError"]
    running = asyncio.create_task(worker.run())
    for _ in range(200):
        if in_eleven_seconds() == stuck:
            break
        await asyncio.sleep(0.1)
    assert worker.troubles() == []
    assert in_eleven_seconds() == stuck
    worker.stop()
    await running
