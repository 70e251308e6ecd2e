"""Write the demonstration through the public interface; a second try finishes a first."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.demonstration.cases import play_case, starts
from deploy.demonstration.client import Client
from deploy.demonstration.records import calls_of
from deploy.demonstration.release import MANAGER, publish
from deploy.demonstration.script import Script, Year, read_script
from deploy.demonstration.state import State
from shared.audit.writing import note_command
from shared.database import SERVICE, make_engine, transaction
from shared.identity.principal import Role
from shared.identity.tokens import create_token, revoke_token
from shared.japanese_time import fiscal_year_of, last_day_of
from shared.plan import load_plan
from shared.settings import Settings

AT_ONCE = 8
Write = Callable[[], Coroutine[Any, Any, object]]


async def write_demonstration(
    settings: Settings, state: State, tell: Callable[[int, int], None]
) -> None:
    """Write everything and wait for every answer; `tell` hears (done, all).

    Raises Refused when the interface says no, httpx.TransportError when nobody answers.
    """
    folder = Path(settings.tsunagi_plan)
    script = read_script(folder)
    until = state.today - timedelta(days=1)
    first = load_plan(folder).baseline_year
    current = fiscal_year_of(until)
    calls = calls_of(
        script,
        Year(number=first, until=last_day_of(first)),
        Year(number=current, until=until),
    )
    async with _client(settings, state, script) as client:
        writing: list[Write] = [partial(client.send, call) for call in calls]
        writing += [
            partial(play_case, client, story, day, key, script.defaults, until)
            for story, day, key in starts(script.cases, state.today)
        ]
        await _all(writing, tell)
        await publish(client, settings, state.today)
    state.end()


async def _all(writing: list[Write], tell: Callable[[int, int], None]) -> None:
    waiting = iter(writing)
    done = 0

    async def work() -> None:
        nonlocal done
        for write in waiting:
            await write()
            done += 1
            tell(done, len(writing))

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(work())


@asynccontextmanager
async def _client(settings: Settings, state: State, script: Script) -> AsyncIterator[Client]:
    engine = make_engine(settings.database_url("identity"), pool_size=1)
    try:
        kept = state.tokens or await _make_tokens(engine, _desks(script))
        state.with_tokens(kept)
        async with httpx.AsyncClient(
            base_url=settings.tsunagi_url, timeout=60, trust_env=False
        ) as http:
            yield Client(http, kept)
        async with transaction(engine, SERVICE) as connection:
            for secret in kept.values():
                now = datetime.now(UTC)
                await revoke_token(connection, secret, now)
                await note_command(connection, "token-revoke", now, "token")
    finally:
        await engine.dispose()


def _desks(script: Script) -> set[str]:
    return {
        *(group.desk for group in script.consultations),
        *(group.desk for group in script.activities),
        *(figure.desk for figure in script.figures),
        *(story.desk for story in script.cases),
        *(act.by for story in script.cases for act in story.acts),
    }


async def _make_tokens(engine: AsyncEngine, desks: set[str]) -> dict[str, str]:
    wanted: list[tuple[str, Role, str | None]] = [(MANAGER, Role.MANAGER, None)]
    wanted += [(desk, Role.AGENCY, desk) for desk in sorted(desks)]
    made = {}
    async with transaction(engine, SERVICE) as connection:
        for key, role, agency in wanted:
            now = datetime.now(UTC)
            made[key] = await create_token(
                connection, name="担当（見本）", role=role, agency=agency, now=now
            )
            await note_command(connection, "token-create", now, "token")
    return made
