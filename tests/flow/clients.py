"""Desks that go on working while the machines under them are killed: they ask again and again."""

import asyncio
import uuid
from collections.abc import Sequence
from typing import Any

import httpx

from tests.world import consultation


async def _send(
    client: httpx.AsyncClient, address: str, token: str, body: dict[str, Any]
) -> dict[str, Any]:
    """Send until it is answered, as a desk that sees an error page would."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
    for _ in range(600):
        try:
            answer = await client.post(address, json=body, headers=headers)
        except httpx.TransportError:
            await asyncio.sleep(0.1)
            continue
        if answer.is_success:
            found: dict[str, Any] = answer.json()
            return found
        assert answer.status_code == 503, answer.text
        await asyncio.sleep(0.1)
    raise AssertionError("never answered")


async def record_consultations(
    url: str, token: str, bodies: Sequence[dict[str, Any]], clients: int, ended: asyncio.Event
) -> int:
    """Send all bodies, and go on with plain ones until `ended`; how many were accepted."""
    address = f"{url}/intake/api/consultations"
    waiting = iter(bodies)
    accepted = 0

    async def work(client: httpx.AsyncClient) -> None:
        nonlocal accepted
        for body in waiting:
            await _send(client, address, token, body)
            accepted += 1
        while not ended.is_set():
            await _send(client, address, token, consultation())
            accepted += 1
            await asyncio.sleep(0.05)

    async with (
        httpx.AsyncClient(trust_env=False, timeout=30) as client,
        asyncio.TaskGroup() as all_,
    ):
        for _ in range(clients):
            all_.create_task(work(client))
    return accepted


async def _offered(client: httpx.AsyncClient, url: str, token: str) -> list[str]:
    """The legs that wait for an answer, as far as the service can tell just now."""
    try:
        answer = await client.get(
            f"{url}/referral/api/inbox", headers={"Authorization": f"Bearer {token}"}
        )
    except httpx.TransportError:
        return []
    legs = answer.json() if answer.is_success else []
    return [leg["id"] for leg in legs if leg["state"] == "offered"]


async def answer_referrals(url: str, token: str, many: int) -> dict[str, str]:
    """Take every second one and give the others back, until so many were answered.

    Returns the state that each leg was told to have.
    """
    told: dict[str, str] = {}
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        while len(told) < many:
            for leg in await _offered(client, url, token):
                take = len(told) % 2 == 0
                action = "accept" if take else "return"
                body = {} if take else {"reason": "not-ours"}
                address = f"{url}/referral/api/referrals/{leg}/{action}"
                told[leg] = (await _send(client, address, token, body))["state"]
            await asyncio.sleep(0.1)
    return told
