"""Every indicator equals a recount by hand, in any order of reading, and by a new version too."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from types import MappingProxyType
from uuid import UUID

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.metrics.storage import rules
from services.metrics.subscribers import subscriptions
from services.metrics.usecases.keep_rules import keep_rules
from services.metrics.usecases.recount_rule import recount_rule
from services.metrics.usecases.show_indicators import show_indicators
from services.metrics.usecases.show_series import show_series
from services.metrics.usecases.switch_rule import switch_rule
from shared.database import make_engine, transaction
from shared.identity.principal import Principal, Role
from shared.messaging.apply import Applier, Entry
from shared.messaging.event import Event
from shared.messaging.stream import stream_name
from shared.plan import Plan
from tests.counting.history import City
from tests.counting.recount import CONSULTATIONS, Figure, marks, recount, stand, year_of

_NOW = datetime(2029, 4, 1, tzinfo=UTC)
_TODAY = date(2029, 4, 1)
_YEARS = range(2023, 2029)
_MANAGER = Principal(UUID(int=1), "manager", Role.MANAGER, None)


def _empty(environment: dict[str, str]) -> None:
    tables = "inbox, stream_cursor, dead_letter, consultation_fact, leg_fact, activity_fact"
    with psycopg.connect(environment["METRICS_OWNER_DATABASE_URL"]) as connection:
        connection.execute(
            f"TRUNCATE {tables}, figure_fact, conference_fact, contribution, counting_rule"
        )


def _deliveries(log: Sequence[Event], random: Random) -> list[list[Entry]]:
    """The log in batches; some events stand in it twice, some batches come again."""
    told = [event for event in log for _ in range(1 if random.random() < 0.9 else 2)]
    entries = [Entry(place, event.to_json()) for place, event in enumerate(told, start=1)]
    batches = []
    while entries:
        size = random.randint(1, 12)
        batches.append(entries[:size])
        del entries[:size]
        if random.random() < 0.2:
            batches.append(random.choice(batches))
    return batches


async def _read(engine: AsyncEngine, plan: Plan, city: City, random: Random) -> None:
    """Both logs side by side, as the two readers of the worker do."""

    async def read(producer: str, log: Sequence[Event], pauses: list[float]) -> None:
        applier = Applier(engine, stream_name(producer, 0), subscriptions(plan), pause=0)
        for batch in _deliveries(log, random):
            await applier.apply(batch)
            await asyncio.sleep(pauses.pop() if pauses else 0)

    pauses = [random.choice([0, 0.002]) for _ in range(40)]
    await asyncio.gather(
        read("intake", city.intake, pauses[:20]), read("referral", city.referral, pauses[20:])
    )


def _next_versions(plan: Plan, random: Random) -> Plan:
    """Some of the rules under new numbers."""
    changed = {
        name: plan.rules[name].model_copy(update={"version": plan.rules[name].version + 1})
        for name in random.sample(list(plan.rules), 5)
    }
    return replace(plan, rules=MappingProxyType({**plan.rules, **changed}))


async def _figures(connection: AsyncConnection, plan: Plan, year: int) -> dict[str, Figure]:
    shown = await show_indicators(connection, plan, year, _TODAY)
    assert len(shown) == 40
    found = {}
    for one in shown:
        value = one.value
        figure = Figure(value.value, value.numerator, value.denominator, value.state)
        assert found.setdefault(one.row.id, figure) == figure  # a row shown twice is the same
    return found


async def _compare(connection: AsyncConnection, plan: Plan, city: City, random: Random) -> None:
    standing = stand([*city.intake, *city.referral])
    counted = marks(standing)
    for year in _YEARS:
        expected = recount(standing, year)
        assert await _figures(connection, plan, year) == expected, year
        for indicator in random.sample(CONSULTATIONS, 2):
            if expected[indicator].value is None:
                continue
            mine = [mark for mark in counted[indicator] if year_of(mark.day) == year]
            for by in ("month", "district", "age_band", "desk"):
                series = await show_series(connection, plan, indicator, year, by, _TODAY)
                cells = {cell.key: cell.value.value for cell in series.cells if cell.value.value}
                keys = [
                    f"{mark.day:%Y-%m}" if by == "month" else getattr(mark, by) or "left-out"
                    for mark in mine
                ]
                assert cells == {key: Decimal(keys.count(key)) for key in keys}, (indicator, by)


async def _run(environment: dict[str, str], plan: Plan, seed: int) -> None:
    random = Random(seed)
    city, later = City(plan, seed), _next_versions(plan, random)
    engine = make_engine(environment["METRICS_DATABASE_URL"], pool_size=4)
    try:
        await _live(engine, plan, later, city, random)
    finally:
        await engine.dispose()


async def _live(engine: AsyncEngine, plan: Plan, later: Plan, city: City, random: Random) -> None:
    """Read both logs while the plan changes, look, switch to the new versions, look again."""
    async with transaction(engine) as connection:
        await keep_rules(connection, plan, _NOW)

    async def renew() -> None:
        await asyncio.sleep(random.random() * 0.2)
        async with transaction(engine) as connection:
            await keep_rules(connection, later, _NOW)
        while await recount_rule(engine, later):
            pass

    await asyncio.gather(_read(engine, plan, city, random), renew())
    async with engine.connect() as connection:
        await _compare(connection, plan, city, random)
    async with transaction(engine) as connection:
        for indicator, version in await rules.version_keys(connection, ["ready"]):
            await switch_rule(connection, indicator, version, _MANAGER, _NOW)
    while await recount_rule(engine, later):
        pass
    async with engine.connect() as connection:
        await _compare(connection, later, city, random)
        assert len(await rules.versions(connection, ["past"])) == 5


def _check(environment: dict[str, str], plan: Plan, seeds: range) -> None:
    for seed in seeds:
        _empty(environment)
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
