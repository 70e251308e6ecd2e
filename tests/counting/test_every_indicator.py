"""Every indicator equals a recount by hand, in any order of reading, and by a new version too."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.metrics.storage import rules
from services.metrics.subscribers import subscriptions
from services.metrics.usecases.keep_rules import keep_rules
from services.metrics.usecases.recount_rule import recount_rule
from services.metrics.usecases.switch_rule import switch_rule
from shared.database import AS_SERVICE, SERVICE, make_engine, transaction
from shared.identity.principal import Principal, Role
from shared.messaging.apply import Applier
from shared.messaging.event import Event
from shared.messaging.stream import stream_name
from shared.plan import Plan
from tests.counting.history import City
from tests.counting.reading import compare, deliveries, empty, next_versions

_NOW = datetime(2029, 4, 1, tzinfo=UTC)
_MANAGER = Principal(UUID(int=1), "manager", Role.MANAGER, None)


async def _read(engine: AsyncEngine, plan: Plan, city: City, random: Random) -> None:
    """Both logs side by side, as the two readers of the worker do."""

    async def read(producer: str, log: Sequence[Event], pauses: list[float]) -> None:
        applier = Applier(engine, stream_name(producer, 0), subscriptions(plan), pause=0)
        for batch in deliveries(log, random):
            await applier.apply(batch)
            await asyncio.sleep(pauses.pop() if pauses else 0)

    pauses = [random.choice([0, 0.002]) for _ in range(40)]
    await asyncio.gather(
        read("intake", city.intake, pauses[:20]), read("referral", city.referral, pauses[20:])
    )


async def _run(environment: dict[str, str], plan: Plan, seed: int) -> None:
    random = Random(seed)
    city, later = City(plan, seed), next_versions(plan, random)
    engine = make_engine(environment["METRICS_DATABASE_URL"], pool_size=4, options=AS_SERVICE)
    try:
        await _live(engine, plan, later, city, random)
    finally:
        await engine.dispose()


async def _live(engine: AsyncEngine, plan: Plan, later: Plan, city: City, random: Random) -> None:
    """Read both logs while the plan changes, look, switch to the new versions, look again."""
    async with transaction(engine, SERVICE) as connection:
        await keep_rules(connection, plan, _NOW)

    async def renew() -> None:
        await asyncio.sleep(random.random() * 0.2)
        async with transaction(engine, SERVICE) as connection:
            await keep_rules(connection, later, _NOW)
        while await recount_rule(engine, later):
            pass

    await asyncio.gather(_read(engine, plan, city, random), renew())
    async with engine.connect() as connection:
        await compare(connection, plan, city, random)
    async with transaction(engine, SERVICE) as connection:
        for indicator, version in await rules.version_keys(connection, ["ready"]):
            await switch_rule(connection, indicator, version, _MANAGER, _NOW)
    while await recount_rule(engine, later):
        pass
    async with engine.connect() as connection:
        await compare(connection, later, city, random)
        assert len(await rules.versions(connection, ["past"])) == 5


def _check(environment: dict[str, str], plan: Plan, seeds: range) -> None:
    for seed in seeds:
        empty(environment)
        try:
            asyncio.run(_run(environment, plan, seed))
        except AssertionError as error:
            raise AssertionError(f"history {seed}: {error}") from error


def test_every_indicator_equals_a_recount_by_hand(environment: dict[str, str], plan: Plan) -> None:
    _check(environment, plan, range(1, 9))


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_every_indicator_equals_a_recount_by_hand_for_long(
    environment: dict[str, str], plan: Plan
) -> None:
    _check(environment, plan, range(1_000, 1_300))
