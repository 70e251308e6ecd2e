"""Promise: whoever tampers with the trail is found, and the row is named."""

import asyncio
import json
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from psycopg.rows import dict_row

from deploy.cli import main
from shared.audit.chaining import NOTHING, chain, hash_of
from shared.audit.checkpoints import Checkpoint, append, file_of, signing_key
from shared.audit.writing import COMMAND, write
from shared.database import AS_SERVICE, SERVICE, make_engine, transaction
from tests.integration.tampering import NOW, Desk, desk_of, row_id

pytestmark = pytest.mark.anyio

_MOVE = "UPDATE audit SET position = %(to)s WHERE position = %(place)s"
_INSERT = (
    "INSERT INTO audit SELECT CAST(%(id)s AS uuid), at, act, outcome, ground, 'somebody', who_id,"
    " role, agency, kind, record, trace, 3, %(previous)s, %(own)s FROM audit WHERE position = 4"
)


@pytest.fixture
def desk(environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return desk_of(environment, tmp_path, monkeypatch)


def test_a_trail_that_nobody_touched_is_whole(desk: Desk) -> None:
    assert desk.verified() == (0, [])
    words = CliRunner().invoke(main, ["audit", "verify"])
    assert words.exit_code == 0
    assert "metrics: 鎖につながった行 6、これからの行 0、署名のある控え 1" in words.output


def test_a_changed_row_is_named(desk: Desk) -> None:
    desk.tamper("UPDATE audit SET who = 'somebody' WHERE position = 3")
    assert desk.verified() == (1, [("changed", 3, row_id(desk, 3))])
    words = CliRunner().invoke(main, ["audit", "verify"])
    assert f"3 番の行（{row_id(desk, 3)}）が書き換えられています。" in words.output


def test_a_removed_row_is_named_by_its_place(desk: Desk) -> None:
    desk.tamper("DELETE FROM audit WHERE position = 3")
    assert desk.verified() == (1, [("removed", 3, None)])


def test_a_removed_row_is_found_where_the_rest_was_numbered_anew(desk: Desk) -> None:
    desk.tamper(
        "DELETE FROM audit WHERE position = 3",
        *((_MOVE, {"place": place, "to": place - 1}) for place in (4, 5, 6)),
    )
    assert desk.verified() == (1, [("replaced", 2, row_id(desk, 2))])


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


_COPY = "01890000-0000-7000-8000-000000000003"
_LATE = "fe890000-0000-7000-8000-000000000003"
_BESIDE = (
    "INSERT INTO audit SELECT CAST(%(id)s AS uuid), at, act, outcome, ground, who, who_id, role,"
    " agency, kind, record, trace, %(place)s + 1, previous, %(own)s FROM audit"
    " WHERE position = %(place)s"
)
_INSERT_AT = _BESIDE.replace("%(place)s + 1", "%(place)s").replace(
    "position = %(place)s", "position = %(place)s + 1"
)


@pytest.mark.parametrize("place", [1, 3, 6])
@pytest.mark.parametrize("own", ["the same", "fitting", "none"])
def test_a_copy_that_was_inserted_is_named_and_not_its_row(
    desk: Desk, place: int, own: str
) -> None:
    row = desk.rows()[place - 1]
    fitting = hash_of(row | {"id": _COPY}, row["previous"])
    hashes = {"the same": row["hash"], "fitting": fitting, "none": bytes(32)}
    desk.tamper(
        *((_MOVE, {"place": after, "to": after + 1}) for after in range(6, place, -1)),
        (_BESIDE, {"id": _COPY, "place": place, "own": hashes[own]}),
    )
    assert desk.verified() == (1, [("inserted", place + 1, _COPY)])


@pytest.mark.parametrize("place", [1, 4])
def test_a_copy_before_its_row_is_named_too(desk: Desk, place: int) -> None:
    row = desk.rows()[place - 1]
    desk.tamper(
        *((_MOVE, {"place": after, "to": after + 1}) for after in range(6, place - 1, -1)),
        (_INSERT_AT, {"id": _COPY, "place": place, "own": row["hash"]}),
    )
    assert desk.verified() == (1, [("inserted", place, _COPY)])


@pytest.mark.parametrize("place", [1, 4])
@pytest.mark.parametrize("follows", ["the one before", "its neighbour", "nobody"])
@pytest.mark.parametrize("fitting", [True, False])
@pytest.mark.parametrize("last", [True, False])
def test_a_row_at_a_place_that_is_taken_is_named(
    desk: Desk, place: int, follows: str, fitting: bool, last: bool
) -> None:
    row = desk.rows()[place - 1]
    new = row | {"id": _LATE if last else _COPY, "who": "somebody"}
    previous = {"the one before": row["previous"], "its neighbour": row["hash"]}.get(
        follows, bytes(31) + b"x"
    )
    own = hash_of(new, previous) if fitting else bytes(32)
    desk.tamper(
        "DROP INDEX audit_place",
        (
            _INSERT.replace(" 3, ", f" {place}, ").replace("position = 4", f"position = {place}"),
            {"id": new["id"], "previous": previous, "own": own},
        ),
    )
    status, found = desk.verified()
    desk.tamper(
        ("DELETE FROM audit WHERE id = %(id)s", {"id": new["id"]}),
        "CREATE UNIQUE INDEX audit_place ON audit (position)",
    )
    assert (status, found) == (1, [("inserted", place, new["id"])])


@pytest.mark.parametrize("place", [0, -7])
def test_a_row_before_the_first_place_is_named(desk: Desk, place: int) -> None:
    new = "01890000-0000-7000-8000-000000000002"
    rule = "ADD CONSTRAINT audit_position CHECK (position > 0)"
    desk.tamper(
        "ALTER TABLE audit DROP CONSTRAINT audit_position",
        (
            _INSERT.replace(" 3, ", f" {place}, "),
            {"id": new, "previous": bytes(32), "own": bytes(32)},
        ),
    )
    assert desk.verified() == (1, [("inserted", place, new)])
    desk.tamper("DELETE FROM audit WHERE position < 1", f"ALTER TABLE audit {rule}")


def test_what_was_cut_off_at_the_end_is_named(desk: Desk) -> None:
    desk.tamper("DELETE FROM audit WHERE position > 4")
    assert desk.verified() == (1, [("cut-off", 5, row_id(desk, 4))])
    desk.tamper("DELETE FROM audit")
    assert desk.verified() == (1, [("cut-off", 1, None)])


def test_a_trail_chained_anew_without_the_key_is_found(desk: Desk) -> None:
    desk.tamper("DELETE FROM audit WHERE position = 2")
    asyncio.run(desk.write(3, NOW + timedelta(hours=1), signs=False))
    desk.rechain()
    assert desk.verified() == (1, [("rechained", 6, row_id(desk, 6))])
    forger = signing_key(secrets.token_hex(32))
    row = desk.rows()[5]
    file_of(desk.safe.folder, "metrics").unlink()
    append(desk.safe.folder, Checkpoint("metrics", 6, row["hash"], NOW), forger)
    code, found = desk.verified()
    assert (code, found[0]) == (1, ("forged-checkpoint", 1, None))


def test_an_old_finding_hides_no_trail_that_is_chained_anew_later(desk: Desk) -> None:
    for day in (1, 2, 3):
        asyncio.run(desk.write(3, NOW + timedelta(days=day)))
    desk.tamper("UPDATE audit SET who = 'somebody' WHERE position = 3")
    assert desk.verified() == (1, [("changed", 3, row_id(desk, 3))])
    desk.tamper("UPDATE audit SET who = 'somebody' WHERE position = 11")
    desk.rechain(begin=11)
    found = [("changed", 3, row_id(desk, 3)), ("rechained", 12, row_id(desk, 12))]
    assert desk.verified() == (1, found)


def test_a_place_that_was_signed_twice_is_compared_with_both(desk: Desk) -> None:
    desk.tamper("DELETE FROM audit WHERE position = 6")
    asyncio.run(desk.write(1, NOW + timedelta(days=1)))
    assert desk.verified() == (1, [("rechained", 6, row_id(desk, 6))])


def test_a_row_written_anew_with_a_fitting_hash_is_named(desk: Desk) -> None:
    row = desk.rows()[2]
    own = hash_of(row | {"who": "somebody"}, row["previous"])
    change = "UPDATE audit SET who = 'somebody', hash = %(own)s WHERE position = 3"
    desk.tamper((change, {"own": own}))
    assert desk.verified() == (1, [("replaced", 3, row_id(desk, 3))])


def test_a_signed_row_that_was_written_anew_is_named_once(desk: Desk) -> None:
    asyncio.run(desk.write(2, NOW + timedelta(days=1)))
    row = desk.rows()[5]
    own = hash_of(row | {"who": "somebody"}, row["previous"])
    change = "UPDATE audit SET who = 'somebody', hash = %(own)s WHERE position = 6"
    desk.tamper((change, {"own": own}))
    assert desk.verified() == (1, [("replaced", 6, row_id(desk, 6))])


def test_checkpoints_that_were_taken_away_are_missed(desk: Desk) -> None:
    file_of(desk.safe.folder, "metrics").unlink()
    assert desk.verified() == (1, [("checkpoints-gone", 6, row_id(desk, 6))])


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


async def test_two_that_chain_at_once_make_one_chain(environment: dict[str, str]) -> None:
    engines = [make_engine(environment["METRICS_DATABASE_URL"], pool_size=4) for _ in range(2)]

    async def add(engine: Any) -> None:
        for _ in range(20):
            async with transaction(engine, SERVICE) as connection:
                await write(connection, COMMAND, "metrics-rebuild", NOW)
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
