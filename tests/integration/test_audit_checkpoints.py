"""Promise: checkpoints follow soon, and `verify` says how far they answer for the trail."""

import asyncio
import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.cli import main
from shared.audit.checkpoints import file_of, read, signing_key
from shared.audit.keeping import Keeper, Safe
from shared.audit.writing import COMMAND, write
from shared.database import SERVICE, make_engine, transaction
from tests.integration.tampering import NOW, Desk, desk_of, row_id

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return desk_of(environment, tmp_path, monkeypatch)


async def test_a_checkpoint_follows_the_first_rows_and_then_soon_where_rows_came(
    environment: dict[str, str], tmp_path: Path
) -> None:
    safe = Safe(tmp_path, signing_key(secrets.token_hex(32)))
    now = NOW
    engine = make_engine(environment["METRICS_DATABASE_URL"], pool_size=2)
    keeper = Keeper("metrics", engine, safe, lambda: now)

    async def signed(minutes: int, rows: int) -> list[int]:
        nonlocal now
        now = NOW + timedelta(minutes=minutes)
        async with transaction(engine, SERVICE) as connection:
            for _ in range(rows):
                await write(connection, COMMAND, "metrics-rebuild", now)
        while await keeper.turn():
            pass
        lines = read(tmp_path, "metrics", safe.key.public_key())
        return [line.checkpoint.position for line in lines if line.checkpoint]

    assert await signed(0, 0) == []
    assert await signed(1, 3) == [3]
    assert await signed(2, 1) == [3]
    assert await signed(15, 0) == [3]
    assert await signed(16, 0) == [3, 4]
    assert await signed(60, 0) == [3, 4]
    assert await signed(61, 1) == [3, 4, 5]
    assert await signed(62, 499) == [3, 4, 5]
    assert await signed(63, 1) == [3, 4, 5, 505]
    keeper = Keeper("metrics", engine, safe, lambda: now)
    assert await signed(64, 0) == [3, 4, 5, 505]
    await engine.dispose()


def test_verify_says_up_to_where_the_trail_is_vouched_for(desk: Desk) -> None:
    asyncio.run(desk.write(2, datetime.now(UTC), signs=False))
    assert desk.verified() == (0, [])
    said = json.loads(CliRunner().invoke(main, ["audit", "verify", "--json"]).stdout)
    metrics = said["databases"]["metrics"]
    assert metrics["vouched_to"] == {"position": 6, "at": NOW.isoformat()}
    assert metrics["unvouched"] == 2
    words = CliRunner().invoke(main, ["audit", "verify"]).output
    signed = "6 番（2026年5月20日（水）12:00 の署名）までの行は、控えが保証しています。"
    assert f"{signed}そのあとの保証のない行 2\n" in words


def test_rows_that_no_checkpoint_followed_in_time_are_named(desk: Desk) -> None:
    late = datetime.now(UTC) - timedelta(minutes=31)
    asyncio.run(desk.write(2, late, signs=False))
    assert desk.verified() == (1, [("no-checkpoint", 7, row_id(desk, 7))])


def test_an_older_finding_hides_no_rows_that_nobody_signed(desk: Desk) -> None:
    late = datetime.now(UTC) - timedelta(minutes=31)
    asyncio.run(desk.write(2, late, signs=False))
    desk.tamper("UPDATE audit SET who = 'somebody' WHERE position = 3")
    changed = ("changed", 3, row_id(desk, 3))
    assert desk.verified() == (1, [changed, ("no-checkpoint", 7, row_id(desk, 7))])


@pytest.mark.parametrize("emptied", [True, False])
@pytest.mark.parametrize("minutes", [4, 6])
def test_a_file_of_checkpoints_that_is_gone_is_soon_missed(
    desk: Desk, emptied: bool, minutes: int
) -> None:
    begun = datetime.now(UTC) - timedelta(minutes=minutes)
    desk.tamper("DELETE FROM audit")
    asyncio.run(desk.write(8, begun, signs=False))
    file = file_of(desk.safe.folder, "metrics")
    file.write_text("") if emptied else file.unlink()
    desk.tamper("DELETE FROM audit WHERE position > 3")
    missed = [("checkpoints-gone", 3, row_id(desk, 3))]
    assert desk.verified() == ((1, missed) if minutes > 5 else (0, []))
    words = CliRunner().invoke(main, ["audit", "verify"]).output
    assert "控えが保証している行はありません。保証のない行 3" in words
    assert ("署名の正しい控えが一つもありません。" in words) is (minutes > 5)


def test_a_trail_whose_checkpoints_are_not_looked_at_is_not_called_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TSUNAGI_AUDIT_FOLDER")
    assert desk.verified() == (1, [])
    words = CliRunner().invoke(main, ["audit", "verify"])
    assert words.exit_code == 1
    assert "控えは見ていない" in words.output
