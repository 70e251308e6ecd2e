"""Every accepted consultation is counted exactly once, whatever is killed or wiped meanwhile."""

import asyncio
import uuid
from typing import Any

import httpx
import psycopg
import pytest
import redis

from deploy.doctor import look
from shared.database import AS_SERVICE
from shared.settings import load_settings
from tests.processes import Process, running_processes
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

CLIENTS = 8


async def _record(client: httpx.AsyncClient, url: str, token: str, body: dict[str, Any]) -> None:
    """Send until it is answered 201, as a desk that sees an error page would."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
    for _ in range(600):
        try:
            answer = await client.post(
                f"{url}/intake/api/consultations", json=body, headers=headers
            )
        except httpx.TransportError:
            await asyncio.sleep(0.1)
            continue
        if answer.status_code == 201:
            return
        assert answer.status_code == 503, answer.text
        await asyncio.sleep(0.1)
    raise AssertionError("never answered")


async def _kill_one_after_the_other(processes: list[Process], redis_url: str) -> None:
    for number, process in enumerate(processes):
        await asyncio.sleep(0.3)
        await asyncio.to_thread(process.kill)
        if number == len(processes) // 2:
            with redis.Redis.from_url(redis_url) as store:
                store.flushall()
        process.start()
        await asyncio.to_thread(process.wait_ready)


async def _load(url: str, token: str, bodies: list[dict[str, Any]], ended: asyncio.Event) -> int:
    """Send all bodies, and go on with the last one until `ended`; how many were accepted."""
    waiting = iter(bodies)
    accepted = 0

    async def work(client: httpx.AsyncClient) -> None:
        nonlocal accepted
        for body in waiting:
            await _record(client, url, token, body)
            accepted += 1
        while not ended.is_set():
            await _record(client, url, token, consultation())
            accepted += 1
            await asyncio.sleep(0.05)

    async with (
        httpx.AsyncClient(trust_env=False, timeout=30) as client,
        asyncio.TaskGroup() as all_,
    ):
        for _ in range(CLIENTS):
            all_.create_task(work(client))
    return accepted


def _faulty_cases(environment: dict[str, str]) -> list[str]:
    """Open cases without a holder or a running term, and cases with two open leads."""
    with psycopg.connect(environment["REFERRAL_DATABASE_URL"], options=AS_SERVICE) as connection:
        rows = connection.execute(
            """
            SELECT id::text FROM support_case c WHERE state = 'open' AND (
                holder IS NULL
                OR NOT EXISTS (SELECT FROM clock WHERE clock.case_id = c.id)
                OR (SELECT count(*) FROM leg WHERE leg.case_id = c.id AND lead
                    AND state IN ('offered', 'accepted', 'supporting')) > 1)
            """
        )
        return [case_id for (case_id,) in rows]


async def _kill_under_load(environment: dict[str, str], cases: int, others: int) -> None:
    bodies = [consultation(**refer("csw")) for _ in range(cases)]
    bodies += [consultation() for _ in range(others)]
    settings = load_settings(environment)
    with running_processes(environment) as processes:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            world = World(settings, client)
            token = await world.token("counter:chiiki-kyosei")
            manager = await world.token("manager")
            csw = await world.token("csw")
            ended = asyncio.Event()
            load = asyncio.create_task(_load(processes["intake", "web"].url, token, bodies, ended))
            await _kill_one_after_the_other(list(processes.values()), environment["REDIS_URL"])
            ended.set()
            accepted = await load
            await world.settle()
            rows = await client.get(
                f"{processes['metrics', 'web'].url}/metrics/api/indicators?fy=2026",
                headers={"Authorization": f"Bearer {manager}"},
            )
            inbox = await client.get(
                f"{processes['referral', 'web'].url}/referral/api/inbox",
                headers={"Authorization": f"Bearer {csw}"},
            )
    values = {row["id"]: row["value"] for row in rows.json()}
    assert accepted >= cases + others
    assert values["welfare-consultations"] == accepted
    assert len(inbox.json()) == cases
    assert len({leg["case_id"] for leg in inbox.json()}) == cases
    assert _faulty_cases(environment) == []
    standings = await look(settings)
    assert all(one.settled for one in standings)
    assert standings[0].outbox_position == accepted + cases


async def test_kill_each_process_and_wipe_redis_under_load(environment: dict[str, str]) -> None:
    await _kill_under_load(environment, cases=60, others=300)


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_kill_each_process_and_wipe_redis_under_a_long_load(
    environment: dict[str, str],
) -> None:
    await _kill_under_load(environment, cases=1_000, others=9_000)
