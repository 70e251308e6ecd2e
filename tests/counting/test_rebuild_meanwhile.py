"""While a rebuild goes on events are read, replayed and counted by new rules; nothing stops."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import psycopg
import pytest

from services.metrics.usecases.recount_rule import recount_rule
from shared.database import AS_SERVICE
from shared.messaging.sole import Standby, sole
from shared.plan import Plan
from tests.counting.history import City
from tests.counting.reading import compare, empty, next_versions
from tests.counting.rebuilding import (
    applier,
    counted,
    install_readers,
    keep_planned,
    read_live,
    rebuild,
    replay_all,
    runtime,
    write_logs,
)


@pytest.mark.anyio
async def test_counting_goes_on_meanwhile_and_nothing_is_lost(
    environment: dict[str, str], plan: Plan
) -> None:
    for seed in (31, 32, 33):
        empty(environment)
        random = Random(seed)
        city = City(plan, seed)
        logs = write_logs(environment, city, frozenset())
        async with runtime(environment) as engine:
            await keep_planned(engine, plan)
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
    logs = write_logs(environment, city, frozenset({0, 3, 5}))
    async with runtime(environment) as engine:
        await keep_planned(engine, plan)
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
            install_readers(environment)
            return await replay_all(environment, plan)

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
    logs, later = write_logs(environment, city, frozenset()), next_versions(plan, random)
    async with runtime(environment) as engine:
        await keep_planned(engine, plan)
        await read_live(engine, plan, logs, random)
        stages = []

        def tell(stage: str, *_: int) -> None:
            if stage == "compare" and stage not in stages:
                with ThreadPoolExecutor(1) as pool:
                    pool.submit(asyncio.run, renew()).result()
            stages.append(stage)

        async def renew() -> None:
            async with runtime(environment) as other:
                await keep_planned(other, later)

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
    logs = write_logs(environment, city, frozenset())
    forms = []
    async with runtime(environment, pool_size=1) as engine:  # one connection, statements prepared
        await keep_planned(engine, plan)
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
