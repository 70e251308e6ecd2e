"""`tsunagi dead-letters`: what could not be applied is listed, shown, tried again, given up."""

import asyncio
import json
from uuid import uuid4

import pytest
from sqlalchemy import text

from shared.database import AS_SERVICE, make_engine
from tests.integration.trail import acts
from tests.processes import tsunagi
from tests.world import World, consultation

pytestmark = pytest.mark.anyio


_LISTED = ("dead-letters-list", "done", None)


async def _write_unreadable(world: World) -> None:
    """An event in intake's log that no reader can take, as a newer release might write it."""
    subject = str(uuid4())
    event = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/tsunagi/intake",
        "type": "tsunagi.intake.consultation-recorded.v9",
        "subject": subject,
        "time": "2026-05-20T10:00:00+09:00",
    }
    engine = make_engine(world.settings.database_url("intake"), pool_size=1, options=AS_SERVICE)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO outbox (partition, event_id, subject, type, event)"
                " VALUES (0, :id, :subject, :type, :event)"
            ),
            {
                "id": event["id"],
                "subject": subject,
                "type": event["type"],
                "event": json.dumps(event),
            },
        )
    await engine.dispose()


async def _run(environment: dict[str, str], *words: str) -> str:
    return await asyncio.to_thread(tsunagi, environment, "dead-letters", *words)


async def test_a_dead_letter_is_listed_shown_tried_again_and_given_up(
    environment: dict[str, str], world: World
) -> None:
    await _write_unreadable(world)
    await world.post("/intake/api/consultations", "counter:csw", consultation())
    assert _LISTED not in acts(environment, "metrics")
    for _ in range(100):
        listed = await _run(environment, "list", "metrics")
        if "failed" in listed:
            break
        await asyncio.sleep(0.1)
    assert _LISTED in acts(environment, "metrics")
    number, state, stream, position, error = listed.split("\t")
    assert (state, stream, position) == ("failed", "ev:{intake.0}", "1")
    assert "consultation-recorded.v9" in error
    shown = await _run(environment, "show", "metrics", number)
    assert "2026-05-20T10:00:00+09:00" in shown
    assert await _run(environment, "replay", "metrics", number) == ""
    assert await _run(environment, "list", "metrics") == listed
    await _run(environment, "discard", "metrics", number, "--yes")
    assert "ありません" in await _run(environment, "list", "metrics")
    rows = [row for row in acts(environment, "metrics") if row != _LISTED]
    assert rows == [
        ("dead-letter-read", "done", number),
        ("dead-letter-replay", "done", number),
        ("dead-letter-discard", "done", number),
    ]
    rows = await world.get("/metrics/api/indicators?fy=2026", "manager")
    assert next(row["value"] for row in rows if row["id"] == "csw-consultations") == 1
