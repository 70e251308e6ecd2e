"""A year is closed once, by page or by command, and every file says what was counted."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import jsonschema_rs
import pytest

from shared.database import make_engine
from shared.identity.accounts import create_account
from shared.identity.principal import Role
from shared.japanese_time import fiscal_year_of, japanese_day
from tests.counting.test_waiting_events import write_unknown
from tests.feed.readers import READERS
from tests.integration.trail import acts
from tests.processes import tsunagi
from tests.world import World, consultation

pytestmark = pytest.mark.anyio

_PAGE = "/metrics/year-end"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def _close(world: World, year: int, who: str = "manager") -> Any:
    return await world.call("POST", _PAGE, who, headers=_FORM, content=f"fy={year}")


async def _record(world: World, times: int) -> None:
    """Consultations of the fiscal year 2025 at the coordinator's desk."""
    for day in range(1, times + 1):
        at = f"2025-06-{day:02d}T10:00:00+09:00"
        body = consultation(received_at=at)
        await world.post("/intake/api/consultations", "chiiki-kyosei", body)
    await world.settle()


async def test_a_year_is_closed_once_and_fed_as_it_was_counted(world: World) -> None:
    await _record(world, 12)
    assert (await world.client.get("/metrics/feed/indicators.json")).status_code == 404
    page = await world.call("GET", f"{_PAGE}?fy=2025", "manager")
    assert "令和7（2025）年度を締める" in page.text
    closed = await asyncio.gather(*(_close(world, 2025) for _ in range(3)))
    assert {one.status_code for one in closed} == {303}
    released = (await world.client.get("/metrics/feed/indicators.json")).json()
    assert (released["number"], released["document"]["status"]) == (1, "final")
    page = await world.call("GET", closed[0].headers["location"], "manager")
    assert released["hash"] in page.text
    [entry] = feedparser.parse(
        (await world.client.get("/metrics/feed/indicators.atom")).content
    ).entries
    assert entry.title == "公表版 第1版　令和7（2025）年度（確定）"

    schema = (await world.client.get("/metrics/feed/schema/v1.json")).json()
    assert jsonschema_rs.Draft202012Validator(schema).is_valid(released)
    told = {
        ending: read((await world.client.get(f"/metrics/feed/indicators.{ending}")).content)
        for ending, read in READERS.items()
    }
    counted = told["json"]["plan", "26", "value", "2025", "total", "total"]
    assert counted.value == 12
    assert told["csv"] == told["json"]
    assert told["xlsx"] == told["json"]


async def test_a_year_that_is_not_over_is_not_closed(world: World) -> None:
    current = fiscal_year_of(japanese_day(datetime.now(UTC)))
    refused = await _close(world, current)
    assert refused.status_code == 422
    assert f"{current}年度はまだ終わっていません。" in refused.text
    assert "「公表版」の画面" in refused.text
    assert "を選んでください" not in refused.text  # no box stands here
    page = await world.call("GET", f"{_PAGE}?fy={current}", "manager")
    assert "年度が終わってから" in page.text
    assert '途中の数は、<a href="/metrics/releases">公表版</a>' in page.text
    later = await world.call("GET", f"{_PAGE}?fy={current + 1}", "manager")
    assert "途中の数は" not in later.text
    for who in ("csw", "admin"):
        assert (await _close(world, 2025, who)).status_code == 403
    assert (await world.client.get("/metrics/feed/indicators.json")).status_code == 404


async def _manager(world: World) -> None:
    """An account in whose name the command closes a year."""
    engine = make_engine(world.settings.database_url("identity"), pool_size=1)
    async with engine.begin() as connection:
        await create_account(
            connection,
            login="manager",
            name="管理職",
            role=Role.MANAGER,
            agency=None,
            password="long enough to be taken",
            now=datetime.now(UTC),
        )
    await engine.dispose()


async def _run(environment: dict[str, str], *options: str) -> tuple[int, str]:
    """Its exit code and all it says; in a thread, for this loop's workers must go on."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "deploy.cli", "year-end", *options],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def _taken(folder: Path) -> dict[str, bytes]:
    """The files of a folder by their names; it is empty afterwards."""
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in folder.iterdir():
        path.unlink()
    return found


async def test_the_command_closes_a_year_in_a_managers_name(
    environment: dict[str, str], world: World, tmp_path: Path
) -> None:
    command = ("year-end", "--fy", "2025", "--folder", str(tmp_path))
    # In a thread: the workers of this event loop must be able to let go of what they hold.
    assert await asyncio.to_thread(tsunagi, environment, *command) == ""
    await _manager(world)
    first = await asyncio.to_thread(tsunagi, environment, *command)
    second = await asyncio.to_thread(tsunagi, environment, *command)
    assert first == second
    released = (await world.client.get("/metrics/feed/indicators.json")).json()
    assert released["number"] == 1
    assert first.splitlines()[-1] == f"公表版 第1版 SHA-256 {released['hash']}"


async def test_the_command_tells_of_a_year_that_is_not_over_what_can_be_done(
    environment: dict[str, str], world: World, tmp_path: Path
) -> None:
    await _manager(world)
    current = fiscal_year_of(japanese_day(datetime.now(UTC)))
    code, said = await _run(environment, "--fy", str(current), "--folder", str(tmp_path))
    assert code == 1
    assert f"{current}年度はまだ終わっていません。" in said
    assert "「公表版」の画面" in said
    assert "を選んでください" not in said


async def test_the_command_closes_without_what_waits_only_if_told_to(
    environment: dict[str, str], world: World, tmp_path: Path
) -> None:
    await _manager(world)
    write_unknown(environment, "tsunagi.intake.consultation-recorded.v9")
    for _ in range(200):
        rows = await world.get("/metrics/api/indicators?fy=2025", "manager")
        if rows[0]["waiting_events"]:
            break
        await asyncio.sleep(0.05)
    options = ("--fy", "2025", "--folder", str(tmp_path))
    code, said = await _run(environment, *options)
    assert code == 1
    assert "まだ数えていない記録が1件あります。" in said
    assert "--accept-waiting" in said
    assert (await world.client.get("/metrics/feed/indicators.json")).status_code == 404

    code, said = await _run(environment, *options, "--accept-waiting")
    assert code == 0
    assert "まだ数えていない記録が1件あります。" in said
    written = _taken(tmp_path)
    assert len(written) == 4

    # Closed by now: the same rule for the same files.
    code, refused = await _run(environment, *options)
    assert code == 1
    assert "まだ数えていない記録が1件あります。" in refused
    assert "公表版 第1版に入っていないことがある" in refused
    assert _taken(tmp_path) == {}
    assert [act for act, *_ in acts(environment, "metrics") if act == "year-end-export"] == []
    code, again = await _run(environment, *options, "--accept-waiting")
    assert (code, again) == (0, said)
    assert _taken(tmp_path) == written
