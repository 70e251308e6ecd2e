"""Count everything anew from the producers' logs, beside the live figures, and swap (ADR 22)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.metrics.domain.contributions import Counter
from services.metrics.domain.rebuilding import NOTHING, Differences, Standing
from services.metrics.domain.rule_versions import COUNTED
from services.metrics.storage import comparing, rules, shadow
from services.metrics.usecases.fill_shadow import (
    Tell,
    count_facts,
    fold_logs,
    read_on,
    standing,
)
from services.metrics.usecases.rules_in_force import CurrentCounter
from shared.database import SERVICE, Acts, is_transient, tell, transaction
from shared.messaging import inbox
from shared.messaging.log_reader import LogReader
from shared.messaging.sole import sole
from shared.plan import Plan

log = structlog.get_logger()

#: So many events may be left to count while the live counting stands still for the swap.
TAIL = 1_000
#: How often the swap is tried, where others hold the tables, and the seconds between.
TRIES = 20
PAUSE = 0.5


class RulesChanged(Exception):
    """The versions that count are others than those that were counted by."""


class TablesChanged(Exception):
    """A migration has changed the live tables meanwhile; the rebuild must begin again."""


class _Rebuild:
    """One rebuild: `self._at` is how far its tables have read."""

    def __init__(
        self,
        engine: AsyncEngine,
        logs: Sequence[LogReader],
        plan: Plan,
        tell: Tell,
        acts: Acts,
    ) -> None:
        self._engine = engine
        self._logs = logs
        self._plan = plan
        self._tell = tell
        self._acts = acts
        self._at = NOTHING
        self._form = ""
        self._keys: tuple[tuple[str, int], ...] | None = None

    async def fill(self) -> None:
        """Read both logs as far as the live figures have."""
        async with transaction(self._engine, SERVICE) as connection:
            await shadow.make(connection)
            self._form = await shadow.form(connection)
        async with self._snapshot() as connection:
            now = await standing(connection, self._logs)
        await fold_logs(self._engine, self._logs, now, self._tell)
        async with transaction(self._engine, SERVICE) as connection:
            await shadow.index(connection, shadow.FACTS)
        self._at = now

    async def count(self) -> None:
        """Count the facts by every version that counts now."""
        async with transaction(self._engine, SERVICE) as connection:
            await shadow.empty_contributions(connection)
            self._keys = await rules.version_keys(connection, COUNTED)
            counter = await CurrentCounter(self._plan).now(connection)
        await count_facts(self._engine, counter, self._tell)
        async with transaction(self._engine, SERVICE) as connection:
            await shadow.index(connection, [shadow.CONTRIBUTION])

    async def compare(self) -> Differences:
        """Read on to where the live figures are at this moment, and compare with them there."""
        self._tell("compare", 0, 0)
        async with self._snapshot() as connection:
            now = await self._read_on(connection)
            found = await comparing.differences(connection)
        self._at = now
        return found

    async def swap(self) -> None:
        """Read the rest while nobody counts, and change places with the live tables."""
        behind = TAIL + 1
        while behind > TAIL:
            async with self._snapshot() as connection:
                now = await self._read_on(connection)
            behind, self._at = now.ahead_of(self._at), now
        for left in reversed(range(TRIES)):
            try:
                await self._swap()
            except DBAPIError as error:
                if not left or not is_transient(error):
                    raise
                log.info("rebuild_waits_to_swap", tries_left=left)
                await asyncio.sleep(PAUSE)
            else:
                return

    async def _swap(self) -> None:
        async with transaction(self._engine, self._acts) as connection:
            # In the order of a reader: its stream first, then the counting.
            for one in self._logs:
                await inbox.lock_cursor(connection, one.stream)
            await rules.lock_versions(connection)
            if await shadow.form(connection) != self._form:
                raise TablesChanged
            await self._read_on(connection)
            await shadow.swap(connection)

    async def _read_on(self, connection: AsyncConnection) -> Standing:
        now = await standing(connection, self._logs)
        await read_on(connection, self._logs, self._at, now, await self._counter(connection))
        return now

    async def _counter(self, connection: AsyncConnection) -> Counter:
        if await rules.version_keys(connection, COUNTED) != self._keys:
            raise RulesChanged
        return await CurrentCounter(self._plan).now(connection)

    @contextlib.asynccontextmanager
    async def _snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees the live tables as they are at one moment."""
        async with self._engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="REPEATABLE READ")
            async with connection.begin():
                await tell(connection, SERVICE)
                yield connection


async def rebuild_metrics(
    engine: AsyncEngine,
    logs: Sequence[LogReader],
    plan: Plan,
    tell: Tell,
    *,
    accept_differences: bool,
    acts: Acts = SERVICE,
) -> tuple[Differences, bool]:
    """The differences, and whether the tables changed places: with differences only if accepted.

    `engine` is the owner's, with `shadow.OPTIONS`; the tables change places as `acts` does it.
    Raises Standby while another rebuild runs, LogTooShort, UnreadableEvent, TablesChanged; the
    live figures are then as they were.
    """
    async with sole(engine, "rebuild metrics"):
        work = _Rebuild(engine, logs, plan, tell, acts)
        try:
            await work.fill()
            found, swapped = await _compare_and_swap(work, accept=accept_differences)
        except BaseException:
            with contextlib.suppress(DBAPIError):
                await _remove(engine)
            raise
        if not swapped:
            await _remove(engine)
        log.info("metrics_rebuilt", swapped=swapped, facts_that_differ=found.facts_in_all)
        return found, swapped


async def _compare_and_swap(work: _Rebuild, *, accept: bool) -> tuple[Differences, bool]:
    while True:
        try:
            await work.count()
            found = await work.compare()
            if found and not accept:
                return found, False
            await work.swap()
        except RulesChanged:
            log.info("rebuild_counts_again", reason="rules_changed")
        else:
            return found, True


async def _remove(engine: AsyncEngine) -> None:
    async with transaction(engine, SERVICE) as connection:
        await shadow.remove(connection)
