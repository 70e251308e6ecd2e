"""Fixtures: real servers for the whole run, nothing in them at the start of each test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fastapi import FastAPI

from deploy.databases import migrate_all
from deploy.embedded.servers import EmbeddedServers
from shared.plan import Plan, load_plan
from tests.engines import kept_engines
from tests.servers import empty, started_servers
from tests.world import World, built_applications, world_of

pytest_plugins = ["tests.report"]

PLAN_FOLDER = Path(__file__).parent.parent / "deploy/plans/asaka"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def plan() -> Plan:
    return load_plan(PLAN_FOLDER)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder that other accounts may pass; pytest's own is closed by the next session."""
    with TemporaryDirectory(prefix="tsunagi-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, str]]:
    """PostgreSQL and Redis for the whole run, as settings."""
    with (
        TemporaryDirectory(prefix="tsunagi-") as folder,
        started_servers(Path(folder)) as environment,
    ):
        yield environment


@pytest.fixture
def own_servers() -> Iterator[EmbeddedServers]:
    """Servers of this test alone, to be taken away."""
    with (
        TemporaryDirectory(prefix="tsunagi-") as folder,
        EmbeddedServers(Path(folder) / "var", durable=False) as servers,
    ):
        migrate_all(servers.environment)
        yield servers


@pytest.fixture
def environment(servers: dict[str, str]) -> dict[str, str]:
    """The servers' addresses, with nothing stored in them."""
    empty(servers)
    return servers


@pytest.fixture(scope="session")
async def applications(servers: dict[str, str]) -> AsyncIterator[dict[str, FastAPI]]:
    """The services' applications, built once: what they keep of a test is nothing."""
    async with kept_engines(servers.values()), built_applications(servers) as apps:
        yield apps


@pytest.fixture
async def world(
    environment: dict[str, str], applications: dict[str, FastAPI]
) -> AsyncIterator[World]:
    """The three services with their workers."""
    async with world_of(environment, applications) as started:
        yield started


@pytest.fixture
async def quiet_world(
    environment: dict[str, str], applications: dict[str, FastAPI]
) -> AsyncIterator[World]:
    """The three services without workers: nothing is relayed or read."""
    async with world_of(environment, applications, workers=False) as started:
        yield started
