"""What could not be counted yet is said beside the figures, for machines and for people."""

import asyncio
import json
from datetime import datetime
from uuid import uuid4

import psycopg
import pytest

from shared.database import AS_SERVICE
from shared.japanese_time import written
from tests.world import World, consultation

pytestmark = pytest.mark.anyio

_INSERT = "INSERT INTO outbox (partition, event_id, subject, type, event) VALUES (0,%s,%s,%s,%s)"


def write_unknown(environment: dict[str, str], kind: str) -> None:
    """An event in intake's log as a newer release might write it."""
    event = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/tsunagi/intake",
        "type": kind,
        "subject": str(uuid4()),
        "time": "2026-05-20T10:00:00+09:00",
    }
    with psycopg.connect(environment["INTAKE_DATABASE_URL"], options=AS_SERVICE) as connection:
        row = [event["id"], event["subject"], kind, json.dumps(event)]
        connection.execute(_INSERT, row)


async def test_an_event_of_an_unknown_version_waits_and_the_figures_say_so(
    environment: dict[str, str], world: World
) -> None:
    rows = await world.get("/metrics/api/indicators?fy=2026", "manager")
    assert {row["waiting_events"] for row in rows} == {0}
    page = (await world.call("GET", "/metrics/indicators?fy=2026", "manager")).text
    assert "まだ数えていない記録" not in page

    write_unknown(environment, "tsunagi.intake.consultation-recorded.v9")
    await world.post("/intake/api/consultations", "counter:csw", consultation())
    for _ in range(200):
        rows = await world.get("/metrics/api/indicators?fy=2026", "manager")
        values = {row["id"]: row["value"] for row in rows}
        if rows[0]["waiting_events"] and values["csw-consultations"]:
            break
        await asyncio.sleep(0.05)
    assert {row["waiting_events"] for row in rows} == {1}
    assert values["csw-consultations"] == 1  # what can be counted is
    for path in (
        "/metrics/indicators?fy=2026",
        "/metrics/indicators/donations/years",
        "/metrics/releases",
        "/metrics/year-end",
    ):
        page = (await world.call("GET", path, "manager")).text
        assert "まだ数えていない記録が1件あります。" in page, path
    body = {"period": "2026-05"}
    assert (await world.post("/metrics/api/releases", "manager", body))["waiting_events"] == 1


async def test_the_figures_say_as_of_which_event_they_are(
    environment: dict[str, str], world: World
) -> None:
    await world.post("/intake/api/consultations", "counter:csw", consultation())
    await world.settle()
    with psycopg.connect(environment["INTAKE_DATABASE_URL"], options=AS_SERVICE) as connection:
        found = connection.execute("SELECT event FROM outbox ORDER BY position DESC").fetchone()
    assert found
    when = written(datetime.fromisoformat(json.loads(found[0])["time"]))
    page = (await world.call("GET", "/metrics/indicators?fy=2026", "manager")).text
    assert f"相談・活動・報告値の記録 1番（{when}）まで" in page

    write_unknown(environment, "tsunagi.intake.consultation-recorded.v9")
    for _ in range(200):
        page = (await world.call("GET", "/metrics/indicators?fy=2026", "manager")).text
        if "まだ数えていない記録が1件あります。" in page:
            break
        await asyncio.sleep(0.05)
    assert f"相談・活動・報告値の記録 2番（{when}）まで" in page  # the second could not be read
