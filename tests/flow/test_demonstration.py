"""The demonstration year through the public interface: the plan's 現状 column, row by row."""

import json
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from deploy.embedded.folder import free_port
from shared.plan import Plan
from tests.processes import Process, tsunagi


def _state(var: Path) -> dict[str, object]:
    try:
        found: dict[str, object] = json.loads((var / "demonstration.json").read_text())
    except OSError:
        return {}
    return found


@pytest.fixture
def up(tmp_path: Path) -> Iterator[tuple[Process, Path]]:
    """`tsunagi up` with a data folder of its own, killed while it writes, and started again."""
    var = tmp_path / "var"
    process = Process(["up"], free_port(), {"TSUNAGI_VAR": str(var)})
    try:
        while "25%" not in process.output():
            assert "100%" not in process.output()
            time.sleep(0.1)
        assert not _state(var)["finished"]
        process.kill()
        process.start()
        process.wait_ready()
        yield process, var
    finally:
        process.close()


def test_every_row_shows_the_plans_own_figures(up: tuple[Process, Path], plan: Plan) -> None:
    process, var = up
    here = {"TSUNAGI_VAR": str(var)}
    while not _state(var)["finished"]:
        assert httpx.get(f"{process.url}/sign-in", trust_env=False).status_code == 200
        time.sleep(0.5)
    while True:
        doctor = json.loads(tsunagi(here, "doctor", "--json") or "{}")
        if doctor["ok"]:
            break
        time.sleep(0.5)
    token = tsunagi(here, "token", "create", "--role", "manager")
    answer = httpx.get(
        f"{process.url}/metrics/api/indicators?fy=2024",
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    )
    rows = json.loads(answer.text, parse_float=Decimal)
    assert [row["row"] for row in rows] == list(range(1, 41))
    shown = {row["row"]: row["state"] or row["value"] for row in rows}
    printed = {
        row.row: row.baseline if row.kind == "milestone" else row.baseline_value
        for row in plan.indicators
    }
    assert shown == printed
    assert [row for row, value in shown.items() if value is None] == [4, 21]
    states = set()
    for agency in ("houkatsu", "csw", "seikatsu-engo", "kodomo-katei"):
        secret = tsunagi(here, "token", "create", "--role", "agency", "--agency", agency)
        inbox = httpx.get(
            f"{process.url}/referral/api/inbox",
            headers={"Authorization": f"Bearer {secret}"},
            trust_env=False,
        )
        states |= {leg["state"] for leg in inbox.json()}
    assert states == {"offered", "accepted", "supporting"}
    published = httpx.get(f"{process.url}/metrics/feed/indicators.json", trust_env=False)
    assert published.status_code == 200
    assert len(published.json()["document"]["lines"]) == 40
    assert "見本の一年を書き終えました。" in process.output()
