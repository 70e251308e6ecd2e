"""Fixtures: real servers for the whole run, nothing in them at the start of each test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.plan import Plan, load_plan
from tests.servers import empty, started_servers
from tests.world import World, running_world

PLAN_FOLDER = Path(__file__).parent.parent / "deploy/plans/asaka"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def plan() -> Plan:
    return load_plan(PLAN_FOLDER)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """PostgreSQL and Redis for the whole run, as settings."""
    with started_servers(tmp_path_factory.mktemp("servers")) as environment:
        yield environment


@pytest.fixture
def environment(servers: dict[str, str]) -> dict[str, str]:
    """The servers' addresses, with nothing stored in them."""
    empty(servers)
    return servers


@pytest.fixture
async def world(environment: dict[str, str]) -> AsyncIterator[World]:
    """The three services with their workers."""
    async with running_world(environment) as started:
        yield started


@pytest.fixture
async def quiet_world(environment: dict[str, str]) -> AsyncIterator[World]:
    """The three services without workers: nothing is relayed or read."""
    async with running_world(environment, workers=False) as started:
        yield started
