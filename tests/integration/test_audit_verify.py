"""Promise: whoever tampers with the trail is found, and the row is named."""

import asyncio
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from psycopg.rows import dict_row

from deploy.cli import main
from shared.audit.chaining import NOTHING, chain, hash_of
from shared.audit.checkpoints import Checkpoint, append, file_of, read, signing_key
from shared.audit.keeping import Keeper, Safe
from shared.audit.writing import COMMAND, write
from shared.database import AS_SERVICE, SERVICE, make_engine, transaction
from tests.integration.trail import trail

pytestmark = pytest.mark.anyio

_NOW = datetime(2026, 5, 20, 3, 0, tzinfo=UTC)
_MOVE = "UPDATE audit SET position = %(to)s WHERE position = %(place)s"
_PLACE = (
    "UPDATE audit SET position = %(place)s, previous = %(previous)s, hash = %(own)s"
    " WHERE id = %(id)s"
)
_INSERT = (
    "INSERT INTO audit SELECT CAST(%(id)s AS uuid), at, act, outcome, ground, 'somebody', who_id,"
    " role, agency, kind, record, trace, 3, %(previous)s, %(own)s FROM audit WHERE position = 4"
)


@dataclass(frozen=True)
class Desk:
    """One database's trail, and what an attacker as its owner may do to it."""

    environment: dict[str, str]
    safe: Safe

    async def write(self, most: int, now: datetime = _NOW, *, signs: bool = True) -> None:
        engine = make_engine(self.environment["METRICS_DATABASE_URL"], pool_size=2)
        async with transaction(engine, SERVICE) as connection:
            for number in range(most):
                await write(
                    connection, COMMAND, "year-close", now, kind="year", record=str(2000 + number)
                )
        await Keeper("metrics", engine, self.safe if signs else None, lambda: now).turn()
        await engine.dispose()

    def tamper(self, *statements: str | tuple[str, dict[str, Any]]) -> None:
        address = self.environment["METRICS_OWNER_DATABASE_URL"]
        with psycopg.connect(address, options=AS_SERVICE) as owner:
            owner.execute("ALTER TABLE audit DISABLE TRIGGER audit_stays")
            owner.execute("ALTER TABLE audit DISABLE ROW LEVEL SECURITY")
            for one in statements:
                statement, values = (one, {}) if isinstance(one, str) else one
                owner.execute(statement, values)
            owner.execute("ALTER TABLE audit ENABLE TRIGGER audit_stays")
            owner.execute("ALTER TABLE audit ENABLE ROW LEVEL SECURITY")

    def rechain(self, begin: int = 1) -> None:
        """As somebody does who knows how rows are chained and has not the key."""
        rows = self.rows()
        previous = rows[begin - 2]["hash"] if begin > 1 else NOTHING
        statements = []
        for place, row in enumerate(rows[begin - 1 :], start=begin):
            own = hash_of(row, previous)
            values = {"place": place, "previous": previous, "own": own, "id": row["id"]}
            statements.append((_PLACE, values))
            previous = own
        whole = "CREATE UNIQUE INDEX audit_place ON audit (position)"
        self.tamper("DROP INDEX audit_place", *statements, whole)

    def rows(self) -> list[dict[str, Any]]:
        return sorted(trail(self.environment, "metrics"), key=lambda row: row["position"])

    def verified(self) -> tuple[int, list[tuple[str, int, str | None]]]:
        """The command's exit code and what it found."""
        result = CliRunner().invoke(main, ["audit", "verify", "--json"])
        found = json.loads(result.stdout)["databases"]["metrics"]["findings"]
        return result.exit_code, [(one["fault"], one["position"], one["row"]) for one in found]


@pytest.fixture
def desk(environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    secret = secrets.token_hex(32)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TSUNAGI_AUDIT_FOLDER", str(tmp_path))
    monkeypatch.setenv("TSUNAGI_AUDIT_SECRET", secret)
    made = Desk(environment, Safe(tmp_path, signing_key(secret)))
    asyncio.run(made.write(6))
    return made


def _id(desk: Desk, place: int) -> str:
    return str(desk.rows()[place - 1]["id"])


def test_a_trail_that_nobody_touched_is_whole(desk: Desk) -> None:
    assert desk.verified() == (0, [])
    words = CliRunner().invoke(main, ["audit", "verify"])
    assert words.exit_code == 0
    assert "metrics: 鎖につながった行 6、これからの行 0、署名のある控え 1" in words.output


def test_a_changed_row_is_named(desk: Desk) -> None:
    desk.tamper("UPDATE audit SET who = 'somebody' WHERE position = 3")
    assert desk.verified() == (1, [("changed", 3, _id(desk, 3))])
    words = CliRunner().invoke(main, ["audit", "verify"])
    assert f"3 番の行（{_id(desk, 3)}）が書き換えられています。" in words.output


def test_a_removed_row_is_named_by_its_place(desk: Desk) -> None:
    desk.tamper("DELETE FROM audit WHERE position = 3")
    assert desk.verified() == (1, [("removed", 3, None)])


def test_a_removed_row_is_found_where_the_rest_was_numbered_anew(desk: Desk) -> None:
    desk.tamper(
        "DELETE FROM audit WHERE position = 3",
        *((_MOVE, {"place": place, "to": place - 1}) for place in (4, 5, 6)),
    )
    assert desk.verified() == (1, [("replaced", 2, _id(desk, 2))])


@pytest.mark.parametrize("fitting", [True, False])
def test_an_inserted_row_is_named(desk: Desk, fitting: bool) -> None:
    before, like = desk.rows()[1], desk.rows()[2]
    new = like | {"id": "01890000-0000-7000-8000-000000000001", "who": "somebody"}
    own = hash_of(new, before["hash"]) if fitting else bytes(32)
    desk.tamper(
        *((_MOVE, {"place": place, "to": place + 1}) for place in (6, 5, 4, 3)),
        (_INSERT, {"id": new["id"], "previous": before["hash"], "own": own}),
    )
    assert desk.verified() == (1, [("inserted", 3, "01890000-0000-7000-8000-000000000001")])


def test_what_was_cut_off_at_the_end_is_named(desk: Desk) -> None:
    desk.tamper("DELETE FROM audit WHERE position > 4")
    assert desk.verified() == (1, [("cut-off", 5, _id(desk, 4))])
    desk.tamper("DELETE FROM audit")
    assert desk.verified() == (1, [("cut-off", 1, None)])


def test_a_trail_chained_anew_without_the_key_is_found(desk: Desk) -> None:
    desk.tamper("DELETE FROM audit WHERE position = 2")
    asyncio.run(desk.write(3, _NOW + timedelta(hours=1), signs=False))
    desk.rechain()
    assert desk.verified() == (1, [("rechained", 6, _id(desk, 6))])
    forger = signing_key(secrets.token_hex(32))
    row = desk.rows()[5]
    file_of(desk.safe.folder, "metrics").unlink()
    append(desk.safe.folder, Checkpoint("metrics", 6, row["hash"], _NOW), forger)
    code, found = desk.verified()
    assert (code, found[0]) == (1, ("forged-checkpoint", 1, None))


def test_an_old_finding_hides_no_trail_that_is_chained_anew_later(desk: Desk) -> None:
    for day in (1, 2, 3):
        asyncio.run(desk.write(3, _NOW + timedelta(days=day)))
    desk.tamper("UPDATE audit SET who = 'somebody' WHERE position = 3")
    assert desk.verified() == (1, [("changed", 3, _id(desk, 3))])
    desk.tamper("UPDATE audit SET who = 'somebody' WHERE position = 11")
    desk.rechain(begin=11)
    found = [("changed", 3, _id(desk, 3)), ("rechained", 12, _id(desk, 12))]
    assert desk.verified() == (1, found)


def test_a_place_that_was_signed_twice_is_compared_with_both(desk: Desk) -> None:
    desk.tamper("DELETE FROM audit WHERE position = 6")
    asyncio.run(desk.write(1, _NOW + timedelta(days=1)))
    assert desk.verified() == (1, [("rechained", 6, _id(desk, 6))])


def test_a_row_written_anew_with_a_fitting_hash_is_named(desk: Desk) -> None:
    row = desk.rows()[2]
    own = hash_of(row | {"who": "somebody"}, row["previous"])
    change = "UPDATE audit SET who = 'somebody', hash = %(own)s WHERE position = 3"
    desk.tamper((change, {"own": own}))
    assert desk.verified() == (1, [("replaced", 3, _id(desk, 3))])


def test_a_signed_row_that_was_written_anew_is_named_once(desk: Desk) -> None:
    asyncio.run(desk.write(2, _NOW + timedelta(days=1)))
    row = desk.rows()[5]
    own = hash_of(row | {"who": "somebody"}, row["previous"])
    change = "UPDATE audit SET who = 'somebody', hash = %(own)s WHERE position = 6"
    desk.tamper((change, {"own": own}))
    assert desk.verified() == (1, [("replaced", 6, _id(desk, 6))])


def test_checkpoints_that_were_taken_away_are_missed(desk: Desk) -> None:
    file_of(desk.safe.folder, "metrics").unlink()
    assert desk.verified() == (1, [("checkpoints-gone", 6, _id(desk, 6))])


def test_rows_that_wait_for_their_place_are_said_and_no_fault(desk: Desk) -> None:
    desk.tamper(
        "INSERT INTO audit (id, at, act, outcome, ground, who, role) VALUES"
        " ('01890000-0000-7000-8000-000000000002', now(), 'sign-out', 'done', 'self', 'x', 'admin')"
    )
    assert desk.verified() == (0, [])
    report = json.loads(CliRunner().invoke(main, ["audit", "verify", "--json"]).stdout)
    assert report["databases"]["metrics"]["unchained"] == 1


def test_the_public_key_is_enough(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    key = CliRunner().invoke(main, ["audit", "public-key"]).stdout.strip()
    monkeypatch.delenv("TSUNAGI_AUDIT_SECRET")
    monkeypatch.setenv("TSUNAGI_AUDIT_PUBLIC_KEY", key)
    assert desk.verified() == (0, [])


async def test_a_checkpoint_follows_the_first_rows_and_then_soon_where_rows_came(
    environment: dict[str, str], tmp_path: Path
) -> None:
    safe = Safe(tmp_path, signing_key(secrets.token_hex(32)))
    now = _NOW
    engine = make_engine(environment["METRICS_DATABASE_URL"], pool_size=2)
    keeper = Keeper("metrics", engine, safe, lambda: now)

    async def signed(minutes: int, rows: int) -> list[int]:
        nonlocal now
        now = _NOW + timedelta(minutes=minutes)
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
    assert metrics["vouched_to"] == {"position": 6, "at": _NOW.isoformat()}
    assert metrics["unvouched"] == 2
    words = CliRunner().invoke(main, ["audit", "verify"]).output
    signed = "6 番（2026年5月20日（水）12:00 の署名）までの行は、控えが保証しています。"
    assert f"{signed}そのあとの保証のない行 2\n" in words


def test_rows_that_no_checkpoint_followed_in_time_are_named(desk: Desk) -> None:
    late = datetime.now(UTC) - timedelta(minutes=31)
    asyncio.run(desk.write(2, late, signs=False))
    assert desk.verified() == (1, [("no-checkpoint", 7, _id(desk, 7))])


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
    missed = [("checkpoints-gone", 3, _id(desk, 3))]
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


async def test_two_that_chain_at_once_make_one_chain(environment: dict[str, str]) -> None:
    engines = [make_engine(environment["METRICS_DATABASE_URL"], pool_size=4) for _ in range(2)]

    async def add(engine: Any) -> None:
        for _ in range(20):
            async with transaction(engine, SERVICE) as connection:
                await write(connection, COMMAND, "metrics-rebuild", _NOW)
            await chain(engine, most=3)

    await asyncio.gather(*(add(engine) for engine in engines for _ in range(2)))
    while await chain(engines[0]):
        pass
    for engine in engines:
        await engine.dispose()
    with psycopg.connect(
        environment["METRICS_DATABASE_URL"], options=AS_SERVICE, row_factory=dict_row
    ) as connection:
        rows = connection.execute("SELECT * FROM audit ORDER BY position").fetchall()
    assert [row["position"] for row in rows] == list(range(1, 81))
    links = [NOTHING, *(row["hash"] for row in rows)]
    assert [row["previous"] for row in rows] == links[:-1]
