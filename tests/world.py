"""The three services in one test: their applications, their workers, and tokens to call them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
from fastapi import FastAPI

from deploy.doctor import looking
from deploy.serving import SERVICES, ByPath, build_app, build_worker
from shared.database import make_engine
from shared.identity.principal import Role
from shared.identity.tokens import create_token
from shared.messaging.worker import Worker
from shared.settings import Settings, load_settings
from shared.web.app import end_app


class World:
    """Call the services as `agency` or as a role; `settle` waits until every event was read."""

    def __init__(
        self,
        settings: Settings,
        client: httpx.AsyncClient,
        workers: Mapping[str, Worker] | None = None,
    ) -> None:
        self.settings = settings
        self.client = client
        self.workers = workers or {}
        self._tokens: dict[tuple[Role, str | None], str] = {}

    async def token(self, who: str) -> str:
        """A token of `manager`, `admin`, `counter:<agency>` or an agency's id, made once."""
        role_name, _, agency_name = who.partition(":")
        if role_name in ("manager", "admin"):
            role, agency = Role(role_name), None
        elif agency_name:
            role, agency = Role(role_name), agency_name
        else:
            role, agency = Role.AGENCY, who
        known = self._tokens.get((role, agency))
        if known is not None:
            return known
        engine = make_engine(self.settings.database_url("identity"), pool_size=1)
        async with engine.begin() as connection:
            secret = await create_token(
                connection, name="test", role=role, agency=agency, now=datetime.now(UTC)
            )
        await engine.dispose()
        self._tokens[role, agency] = secret
        return secret

    async def call(
        self, method: str, path: str, who: str, body: Any = None, **more: Any
    ) -> httpx.Response:
        """A request as this caller; see `token`."""
        secret = await self.token(who)
        headers = {"Authorization": f"Bearer {secret}"} | more.pop("headers", {})
        return await self.client.request(method, path, json=body, headers=headers, **more)

    async def get(self, path: str, who: str) -> Any:
        """The JSON of a successful GET."""
        answer = await self.call("GET", path, who)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, who: str, body: Any) -> Any:
        """The JSON of a successful POST."""
        answer = await self.call("POST", path, who, body)
        assert answer.is_success, answer.text
        return answer.json()

    async def settle(self) -> None:
        """Wait until everything written was published and read by everybody."""
        async with looking(self.settings) as look:
            for _ in range(400):
                standings = await look()
                if all(one.settled for one in standings):
                    return
                await asyncio.sleep(0.05)
        raise AssertionError(f"not settled: {standings}")


@asynccontextmanager
async def built_applications(environment: dict[str, str]) -> AsyncIterator[dict[str, FastAPI]]:
    """The services' applications, with their connections until the block ends."""
    settings = load_settings(environment)
    apps = {name: build_app(name, settings) for name in SERVICES}
    try:
        yield apps
    finally:
        for app in apps.values():
            await end_app(app)


@asynccontextmanager
async def running_world(
    environment: dict[str, str], *, workers: bool = True
) -> AsyncIterator[World]:
    """Start services of their own in this event loop; see `world_of`."""
    async with (
        built_applications(environment) as apps,
        world_of(environment, apps, workers=workers) as world,
    ):
        yield world


@asynccontextmanager
async def world_of(
    environment: dict[str, str], apps: dict[str, FastAPI], *, workers: bool = True
) -> AsyncIterator[World]:
    """These applications and new workers; with `workers=False` nothing is relayed or read."""
    settings = load_settings(environment)
    working = {name: build_worker(name, settings) for name in SERVICES if workers}
    tasks = [asyncio.create_task(worker.run()) for worker in working.values()]
    transport = httpx.ASGITransport(app=ByPath(apps))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield World(settings, client, working)
    finally:
        for worker in working.values():
            worker.stop()
        await asyncio.gather(*tasks)


def consultation(**changes: Any) -> dict[str, Any]:
    """A consultation's body that every desk may send."""
    return {
        "received_at": "2026-05-20T10:00:00+09:00",
        "caller": "self",
        "channel": "visit",
        "anonymous": False,
        "repeat": False,
        "age_band": "40s",
        "sex": "female",
        "district": "east",
        "household": "single",
        "topics": ["isolation"],
        "main_topic": "isolation",
        "urgency": "normal",
        "response": "listening",
    } | changes


def refer(*to: str, **changes: Any) -> dict[str, Any]:
    """The changes that make a consultation a referral to these agencies."""
    request = {"to": list(to), "reason": "家計の相談が必要", "basis": "consent", "mode": "phone"}
    return {"response": "refer", "refer": request | changes}
