"""The demonstration's release: once, whoever closed the month; what goes wrong is told in words."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest

from deploy.demonstration.client import Client, Refused
from deploy.demonstration.release import MANAGER, publish
from deploy.embedded.folder import free_port
from tests.conftest import PLAN_FOLDER
from tests.world import World

pytestmark = pytest.mark.anyio

#: A day on which it was written, and the month before.
_DAY, _MONTH = date(2026, 3, 10), "2026-02"


async def _client(world: World, role: str = MANAGER) -> Client:
    return Client(world.client, {MANAGER: await world.token(role)})


async def _periods(world: World) -> list[str]:
    return [one["period"] for one in await world.get("/metrics/api/releases", "manager")]


async def test_a_month_that_somebody_closed_meanwhile_is_left_as_it_is(world: World) -> None:
    await world.post("/metrics/api/releases", "manager", {"period": _MONTH})
    await publish(await _client(world), world.settings, _DAY)
    assert await _periods(world) == [_MONTH]


async def test_it_closes_the_last_month_by_itself_and_once(world: World) -> None:
    client = await _client(world)
    for _ in range(2):
        await publish(client, world.settings, _DAY)
    assert await _periods(world) == [_MONTH]


async def test_another_refusal_is_told(world: World) -> None:
    with pytest.raises(Refused, match="403"):
        await publish(await _client(world, "csw"), world.settings, _DAY)
    assert await _periods(world) == []


def _empty_plan(folder: Path) -> Path:
    """The plan with a demonstration that has nothing but its release."""
    shutil.copytree(PLAN_FOLDER, folder)
    path = folder / "demonstration.toml"
    defaults = tomllib.loads(path.read_text(encoding="utf-8"))["defaults"]
    parts = [f"{name} = []" for name in ("consultations", "activities", "figures", "cases")]
    parts += ["[defaults]", *(f"{name} = {json.dumps(words)}" for name, words in defaults.items())]
    path.write_text("\n".join(parts), encoding="utf-8")
    return folder


async def test_a_release_that_nobody_answers_is_told_in_words(
    environment: dict[str, str], tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    here = {"TSUNAGI_VAR": str(tmp_path / "var"), "TSUNAGI_URL": url}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "deploy.cli", "demo"],
        env={**os.environ, **environment, **here, "TSUNAGI_PLAN": str(_empty_plan(tmp_path / "p"))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.startswith(f"Error: {url} につながりません。")
