"""A rebuild from the logs equals the live figures after any history, and nothing stops for it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg import sql

from services.metrics.usecases.keep_rules import keep_rules
from services.metrics.usecases.recount_rule import recount_rule
from shared.database import AS_SERVICE, SERVICE, transaction
from shared.messaging import dead_letters, replay
from shared.messaging.sole import Standby, sole
from shared.messaging.stream import stream_name
from shared.plan import Plan
from tests.counting.history import City
from tests.counting.reading import compare, empty, next_versions
from tests.counting.rebuilding import (
    PRODUCERS,
    applier,
    counted,
    envelopes,
    leftovers,
    read_live,
    rebuild,
    runtime,
    write_log,
)

_NOW = datetime(2029, 4, 1, tzinfo=UTC)


def _write(environment: dict[str, str], city: City, unknown: frozenset[int]) -> dict[str, Any]:
    logs = {"intake": city.intake, "referral": city.referral}
    return {
        name: write_log(environment, name, envelopes(events, unknown))
        for name, events in logs.items()
    }


async def _keep(engine: Any, plan: Plan) -> None:
    async with transaction(engine, SERVICE) as connection:
        await keep_rules(connection, plan, _NOW)


def _mend(environment: dict[str, str]) -> None:
    """A release that knows them was installed."""
    mend = "UPDATE {} SET event = replace(event, '.v9\"', '.v1\"')"
    for place, table in [("INTAKE", "outbox"), ("REFERRAL", "outbox"), ("METRICS", "dead_letter")]:
        with psycopg.connect(
            environment[f"{place}_OWNER_DATABASE_URL"], options=AS_SERVICE
        ) as connection:
            connection.execute(sql.SQL(mend).format(sql.Identifier(table)))


async def _replay_all(environment: dict[str, str], plan: Plan) -> int:
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


async def _history(environment: dict[str, str], plan: Plan, seed: int) -> None:
    """Read a history with events that cannot be read yet and rules that change; rebuild; mend."""
    random = Random(seed)
    city, later = City(plan, seed), next_versions(plan, random)
    unknown = frozenset(random.sample(range(12), 2)) if random.random() < 0.7 else frozenset()
    logs = _write(environment, city, unknown)
    async with runtime(environment) as engine:
        await _keep(engine, plan)
        await read_live(engine, plan, logs, random)
        if random.random() < 0.5:
            await _keep(engine, later)
            for _ in range(random.randint(0, 12)):
                await recount_rule(engine, later)
        before = _known(counted(environment), plan)
        found, swapped = await rebuild(environment, plan)
        assert not found, found
        assert swapped
        assert _known(counted(environment), plan) == before
        _mend(environment)
        await _replay_all(environment, plan)
        while await recount_rule(engine, later):
            pass
        async with engine.connect() as connection:
            await compare(connection, plan, city, random)
    assert not leftovers(environment)


def _known(rows: dict[str, list[Any]], plan: Plan) -> dict[str, list[Any]]:
    """Without what was counted by rules that came later, which may be half counted.

    A stream without events may have a cursor at its beginning or none.
    """
    first = {(name, rule.version) for name, rule in plan.rules.items()}
    found = [
        row for (row,) in rows["contribution"] if (row["indicator"], row["rule_version"]) in first
    ]
    begun = [row for row in rows["stream_cursor"] if row[0]["position"]]
    return rows | {"contribution": found, "stream_cursor": begun}


def _check(environment: dict[str, str], plan: Plan, seeds: range) -> None:
    for seed in seeds:
        empty(environment)
        try:
            asyncio.run(_history(environment, plan, seed))
        except AssertionError as error:
            raise AssertionError(f"history {seed}: {error}") from error


def test_a_rebuild_equals_what_was_counted_live(environment: dict[str, str], plan: Plan) -> None:
    _check(environment, plan, range(1, 6))


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_rebuild_equals_what_was_counted_live_for_long(
    environment: dict[str, str], plan: Plan
) -> None:
    _check(environment, plan, range(2_000, 2_150))


@pytest.mark.anyio
async def test_counting_goes_on_meanwhile_and_nothing_is_lost(
    environment: dict[str, str], plan: Plan
) -> None:
    for seed in (31, 32, 33):
        empty(environment)
        random = Random(seed)
        city = City(plan, seed)
        logs = _write(environment, city, frozenset())
        async with runtime(environment) as engine:
            await _keep(engine, plan)
            reading = read_live(engine, plan, logs, random, pause=0.05)
            _, (found, swapped) = await asyncio.gather(reading, rebuild(environment, plan))
            assert (bool(found), swapped) == (False, True)
            async with engine.connect() as connection:
                await compare(connection, plan, city, random)


@pytest.mark.anyio
async def test_what_is_replayed_meanwhile_counts_once(
    environment: dict[str, str], plan: Plan
) -> None:
    city, random = City(plan, 41), Random(41)
    logs = _write(environment, city, frozenset({0, 3, 5}))
    async with runtime(environment) as engine:
        await _keep(engine, plan)
        half = {name: entries[: len(entries) // 2] for name, entries in logs.items()}
        await read_live(engine, plan, half, random)
        done = []

        def tell(stage: str, *_: int) -> None:
            """The facts are read and counted, and now the rest comes, and then what waited."""
            if stage == "compare":
                with ThreadPoolExecutor(1) as pool:
                    done.append(pool.submit(asyncio.run, meanwhile()).result())

        async def meanwhile() -> int:
            rest = {name: entries[len(entries) // 2 :] for name, entries in logs.items()}
            async with runtime(environment) as other:
                for name, entries in rest.items():
                    await applier(other, plan, name).apply(entries)
            _mend(environment)
            return await _replay_all(environment, plan)

        found, swapped = await rebuild(environment, plan, tell)
        assert (bool(found), swapped) == (False, True), found
        assert done[0] > 0
        async with engine.connect() as connection:
            await compare(connection, plan, city, random)


@pytest.mark.anyio
async def test_rules_that_change_meanwhile_are_counted_by(
    environment: dict[str, str], plan: Plan
) -> None:
    city, random = City(plan, 51), Random(51)
    logs, later = _write(environment, city, frozenset()), next_versions(plan, random)
    async with runtime(environment) as engine:
        await _keep(engine, plan)
        await read_live(engine, plan, logs, random)
        stages = []

        def tell(stage: str, *_: int) -> None:
            if stage == "compare" and stage not in stages:
                with ThreadPoolExecutor(1) as pool:
                    pool.submit(asyncio.run, renew()).result()
            stages.append(stage)

        async def renew() -> None:
            async with runtime(environment) as other:
                await _keep(other, later)

        found, swapped = await rebuild(environment, plan, tell)
        assert (bool(found), swapped, stages.count("compare")) == (False, True, 2)
        rebuilt = counted(environment)["contribution"]
        while await recount_rule(engine, later):
            pass
        assert counted(environment)["contribution"] == rebuilt


@pytest.mark.anyio
async def test_two_at_once_are_refused(environment: dict[str, str], plan: Plan) -> None:
    async with runtime(environment) as engine, sole(engine, "rebuild metrics"):
        with pytest.raises(Standby):
            await rebuild(environment, plan)


@pytest.mark.anyio
async def test_running_processes_work_on_after_the_swap(
    environment: dict[str, str], plan: Plan
) -> None:
    city, random = City(plan, 61), Random(61)
    logs = _write(environment, city, frozenset())
    forms = []
    async with runtime(environment, pool_size=1) as engine:  # one connection, statements prepared
        await _keep(engine, plan)
        half = {name: entries[: len(entries) // 2] for name, entries in logs.items()}
        for name, entries in half.items():
            for entry in entries:
                await applier(engine, plan, name).apply([entry])
        forms.append(_form(environment))
        for _ in range(2):
            _, swapped = await rebuild(environment, plan)
            assert swapped
        forms.append(_form(environment))
        for name, entries in logs.items():
            for entry in entries[len(entries) // 2 :]:
                await applier(engine, plan, name).apply([entry])
        async with engine.connect() as connection:
            await compare(connection, plan, city, random)
    assert forms[0] == forms[1]
    assert len(forms[0]) > 150


def _form(environment: dict[str, str]) -> list[Any]:
    """Columns, rights, indexes and constraints, as a later migration will expect them."""
    with psycopg.connect(
        environment["METRICS_OWNER_DATABASE_URL"], options=AS_SERVICE
    ) as connection:
        return connection.execute(
            """
            SELECT table_name, column_name, ordinal_position::text, data_type, is_nullable,
                column_default, is_identity FROM information_schema.columns
                WHERE table_schema = 'public'
            UNION ALL SELECT relname, relowner::regrole::text, relacl::text,
                relpersistence::text, '', '', '' FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
            UNION ALL SELECT tablename, indexname, indexdef, '', '', '', '' FROM pg_indexes
                WHERE schemaname = 'public'
            UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '',
                '', '' FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            ORDER BY 1, 2, 3
            """
        ).fetchall()
