"""A rebuild from the logs equals the live figures after any history."""

import asyncio
from random import Random
from typing import Any

import pytest

from services.metrics.usecases.recount_rule import recount_rule
from shared.plan import Plan
from tests.counting.history import City
from tests.counting.reading import compare, empty, next_versions
from tests.counting.rebuilding import (
    counted,
    install_readers,
    keep_planned,
    leftovers,
    read_live,
    rebuild,
    replay_all,
    runtime,
    write_logs,
)


async def _history(environment: dict[str, str], plan: Plan, seed: int) -> None:
    """Read a history with events that cannot be read yet and rules that change; rebuild; mend."""
    random = Random(seed)
    city, later = City(plan, seed), next_versions(plan, random)
    unknown = frozenset(random.sample(range(12), 2)) if random.random() < 0.7 else frozenset()
    logs = write_logs(environment, city, unknown)
    async with runtime(environment) as engine:
        await keep_planned(engine, plan)
        await read_live(engine, plan, logs, random)
        if random.random() < 0.5:
            await keep_planned(engine, later)
            for _ in range(random.randint(0, 12)):
                await recount_rule(engine, later)
        before = _known(counted(environment), plan)
        found, swapped = await rebuild(environment, plan)
        assert not found, found
        assert swapped
        assert _known(counted(environment), plan) == before
        install_readers(environment)
        await replay_all(environment, plan)
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
