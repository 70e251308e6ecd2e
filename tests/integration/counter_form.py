"""The consultation form as a browser sends it, from a desk that is known by its token."""

from typing import Any

import httpx
from sqlalchemy import text

from shared.database import AS_SERVICE, make_engine
from tests.world import World, consultation

FORM = "/intake/consultations/new"


def typed(*to: str, **changes: Any) -> dict[str, Any]:
    """What is typed for a referral to these agencies; a list is a field chosen several times."""
    facts = consultation(received_at="2026-05-20T10:00", response="refer")
    kept = {name: value for name, value in facts.items() if not isinstance(value, bool)}
    asked = {"refer_reason": "話し相手がほしい", "basis": "consent", "mode": "phone"}
    return kept | asked | {"to": list(to)} | changes


async def send(world: World, desk: str, fields: dict[str, Any]) -> httpx.Response:
    """The answer to the form."""
    headers = {"Authorization": f"Bearer {await world.token(desk)}"}
    return await world.client.post(FORM, data=fields, headers=headers)


async def record(world: World, desk: str, fields: dict[str, Any]) -> str:
    """The address of the page of what the form recorded."""
    answer = await send(world, desk, fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def log_of(world: World) -> str:
    """Everything that intake's log holds."""
    engine = make_engine(world.settings.database_url("intake"), pool_size=1, options=AS_SERVICE)
    async with engine.connect() as connection:
        events = (await connection.execute(text("SELECT event FROM outbox"))).scalars().all()
    await engine.dispose()
    return "".join(events)
