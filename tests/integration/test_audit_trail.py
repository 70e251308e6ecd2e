"""Promise: whoever reads or changes leaves one row with it, in the same transaction."""

from uuid import UUID

import psycopg
import pytest

from shared.audit.chaining import NOTHING, chain, count_unchained, hash_of
from shared.database import AS_SERVICE, make_engine
from tests.integration.trail import acts, trail
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_PATH = "/intake/api/consultations"


async def _opened(world: World) -> str:
    recorded = await world.post(_PATH, "counter:shakyo-sogo", consultation(**refer("csw")))
    await world.settle()
    return str(recorded["case_id"])


async def test_reading_a_case_leaves_one_row_that_says_who_and_what(
    world: World, environment: dict[str, str]
) -> None:
    case = await _opened(world)
    before = len(trail(environment, "referral"))
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    path = f"/referral/api/cases/{case}"
    given = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    assert (await world.call("GET", path, "csw", headers=given)).status_code == 200
    [row] = trail(environment, "referral")[before:]
    said = {name: row[name] for name in ("act", "outcome", "ground", "who", "role", "agency")}
    assert said == {
        "act": "case-read",
        "outcome": "done",
        "ground": "receiver",
        "who": f"token:{row['who_id']}",
        "role": "agency",
        "agency": "csw",
    }
    assert (row["kind"], row["record"], row["trace"]) == ("case", case, trace)
    assert isinstance(row["who_id"], UUID)


async def test_who_comes_to_what_is_not_theirs_is_seen(
    world: World, environment: dict[str, str]
) -> None:
    case = await _opened(world)
    before = len(trail(environment, "referral"))
    for who, status in (("houkatsu", 404), ("manager", 403)):
        answer = await world.call("GET", f"/referral/api/cases/{case}", who)
        assert answer.status_code == status
    found = trail(environment, "referral")[before:]
    assert [(row["act"], row["outcome"], row["record"]) for row in found] == [
        ("case-read", "refused", case)
    ] * 2
    assert [row["role"] for row in found] == ["agency", "manager"]
    assert (await world.client.get(f"/referral/api/cases/{case}")).status_code == 401
    assert len(trail(environment, "referral")) == before + 2


async def test_what_was_written_down_is_named_by_its_id(
    quiet_world: World, environment: dict[str, str]
) -> None:
    recorded = await quiet_world.post(_PATH, "counter:csw", consultation())
    day = {"held_on": "2026-05-20", "kind": "donation", "amount": 1000}
    activity = await quiet_world.post("/intake/api/activities", "counter:csw", day)
    assert acts(environment, "intake") == [
        ("consultation-record", "done", recorded["id"]),
        ("activity-record", "done", activity["id"]),
    ]


async def test_sent_again_with_its_key_it_changes_nothing_and_says_so(
    quiet_world: World, environment: dict[str, str]
) -> None:
    key = {"Idempotency-Key": "one"}
    for _ in range(2):
        answer = await quiet_world.call(
            "POST", _PATH, "counter:csw", consultation(), headers=dict(key)
        )
        assert answer.status_code == 201
    found = [(act, outcome) for act, outcome, _ in acts(environment, "intake")]
    assert found == [("consultation-record", "done"), ("consultation-record", "unchanged")]


async def test_a_change_that_fails_leaves_no_row(
    quiet_world: World, environment: dict[str, str]
) -> None:
    owner = psycopg.connect(environment["INTAKE_OWNER_DATABASE_URL"], autocommit=True)
    with owner:
        owner.execute(
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '53100'; END $$"
        )
        owner.execute(
            "CREATE CONSTRAINT TRIGGER broken AFTER INSERT ON audit"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION broken()"
        )
        try:
            answer = await quiet_world.call("POST", _PATH, "counter:csw", consultation())
        finally:
            owner.execute("DROP TRIGGER broken ON audit")
            owner.execute("DROP FUNCTION broken")
    assert answer.status_code == 503
    assert trail(environment, "intake") == []
    with psycopg.connect(environment["INTAKE_DATABASE_URL"], options=AS_SERVICE) as connection:
        assert connection.execute("SELECT count(*) FROM consultation").fetchone() == (0,)
    refused = await quiet_world.call("POST", _PATH, "counter:csw", consultation(caller="nobody"))
    assert refused.status_code == 422
    assert trail(environment, "intake") == []


async def test_the_trail_is_chained_without_a_hole(
    quiet_world: World, environment: dict[str, str]
) -> None:
    for _ in range(3):
        await quiet_world.get(_PATH, "csw")
    engine = make_engine(environment["INTAKE_DATABASE_URL"], pool_size=2)
    assert await count_unchained(engine) == 3
    assert await chain(engine) == 3
    assert (await chain(engine), await count_unchained(engine)) == (0, 0)
    await engine.dispose()
    previous = NOTHING
    for place, row in enumerate(trail(environment, "intake"), start=1):
        assert (row["position"], row["previous"]) == (place, previous)
        previous = row["hash"]
        assert previous == hash_of(row, row["previous"])


async def test_a_chained_row_stays_and_nobody_takes_one_away(
    quiet_world: World, environment: dict[str, str]
) -> None:
    await quiet_world.get(_PATH, "csw")
    engine = make_engine(environment["INTAKE_DATABASE_URL"], pool_size=1)
    await chain(engine)
    await engine.dispose()
    kept = trail(environment, "intake")
    runtime, owner = (environment[f"INTAKE{one}_DATABASE_URL"] for one in ("", "_OWNER"))
    for address, tried in (
        (runtime, "UPDATE audit SET who = 'somebody'"),
        (runtime, "UPDATE audit SET position = 2"),
        (runtime, "DELETE FROM audit"),
        (runtime, "TRUNCATE audit"),
        (owner, "UPDATE audit SET who = 'somebody'"),
        (owner, "UPDATE audit SET position = 2"),
    ):
        with psycopg.connect(address, options=AS_SERVICE) as connection:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(tried)
            connection.rollback()
    with psycopg.connect(owner, options=AS_SERVICE) as connection:
        connection.execute("DELETE FROM audit")  # no policy lets anybody
    assert trail(environment, "intake") == kept


async def test_a_desk_cannot_read_the_trail(
    quiet_world: World, environment: dict[str, str]
) -> None:
    await quiet_world.get(_PATH, "csw")
    for role, seen in (("agency", 0), ("manager", 0), ("anybody", 0), ("admin", 1)):
        options = f"-c tsunagi.role={role}"
        with psycopg.connect(environment["INTAKE_DATABASE_URL"], options=options) as connection:
            assert connection.execute("SELECT count(*) FROM audit").fetchone() == (seen,)
