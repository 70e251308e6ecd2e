"""Promise: the trail says what was done, not what was tried, typed, or only looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from shared.audit.writing import what_was_done
from shared.database import AS_SERVICE, SERVICE, make_engine, transaction
from shared.identity.tables import account
from tests.integration.meetings import DESK, LEAD, act, case_of, open_case, plan
from tests.integration.trail import acts, trail
from tests.people import add_accounts
from tests.world import World

pytestmark = pytest.mark.anyio

#: The states of a fault that passes, and of one that does not.
_BUSY, _BROKEN = "53100", "P0001"
_ROW = (
    "INSERT INTO audit (id, at, act, outcome, ground, who, role)"
    " SELECT gen_random_uuid(), now(), 'sign-out', 'done', 'self', 'x', 'admin'"
)


@contextmanager
def _broken_trail(environment: dict[str, str], name: str, state: str) -> Iterator[None]:
    """No transaction with a row of this trail can be committed until the block ends."""
    with psycopg.connect(environment[f"{name}_OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute(
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$"
        )
        owner.execute(
            "CREATE CONSTRAINT TRIGGER broken AFTER INSERT ON audit"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION broken()"
        )
        try:
            yield
        finally:
            owner.execute("DROP TRIGGER broken ON audit")
            owner.execute("DROP FUNCTION broken")


@pytest.mark.parametrize("state", [_BUSY, _BROKEN])
async def test_a_refusal_stays_one_when_its_row_cannot_be_written(
    quiet_world: World, environment: dict[str, str], state: str
) -> None:
    path = "/referral/api/cases/01890000-0000-7000-8000-000000000001"
    with _broken_trail(environment, "REFERRAL", state):
        for who, status in (("csw", 404), ("manager", 403)):
            assert (await quiet_world.call("GET", path, who)).status_code == status
    assert trail(environment, "referral") == []


@pytest.mark.parametrize(("state", "status"), [(_BUSY, 503), (_BROKEN, 500)])
async def test_nothing_is_shown_that_has_no_row(
    quiet_world: World, environment: dict[str, str], state: str, status: int
) -> None:
    secret = {"Authorization": f"Bearer {await quiet_world.token('admin')}"}
    form = {"login": "", "name": "担当", "role": "manager"}
    with _broken_trail(environment, "IDENTITY", state):
        answers = [
            await quiet_world.client.get("/admin/accounts", headers=secret),
            await quiet_world.client.post("/admin/accounts", data=form, headers=secret),
        ]
    assert [answer.status_code for answer in answers] == [status] * 2
    assert "アカウントを作る" not in "".join(answer.text for answer in answers)
    assert trail(environment, "identity") == []


async def test_a_row_counts_as_written_once_it_is_committed(environment: dict[str, str]) -> None:
    engine = make_engine(environment["METRICS_DATABASE_URL"], pool_size=1)
    kept: list[str] = []
    acting = replace(SERVICE, kept=lambda: kept.append("kept"))
    statement = text("SELECT 1 / CAST(:divisor AS integer)")
    with pytest.raises(DBAPIError):
        async with transaction(engine, acting) as connection:
            await connection.execute(statement, {"divisor": 0})
    assert kept == []
    async with transaction(engine, acting) as connection:
        await connection.execute(statement, {"divisor": 1})
        assert kept == []
    assert kept == ["kept"]
    await engine.dispose()


async def test_who_locks_a_row_has_changed_nothing(
    quiet_world: World, environment: dict[str, str]
) -> None:
    await add_accounts(quiet_world.settings, "csw")
    engine = make_engine(environment["IDENTITY_DATABASE_URL"], pool_size=1)
    async with transaction(engine, SERVICE) as connection:
        await connection.execute(select(account.c.id).with_for_update())
        assert await what_was_done(connection) == (False, None)
        await connection.execute(account.update().values(name="窓口"))
        assert await what_was_done(connection) == (True, None)
    await engine.dispose()


async def test_a_word_in_the_address_of_what_is_not_there_is_not_kept(
    quiet_world: World, environment: dict[str, str]
) -> None:
    for path in ("/metrics/api/indicators/shirushi/records", "/metrics/indicators/shirushi"):
        assert (await quiet_world.call("GET", path, "manager")).status_code == 404
    assert [row[1:] for row in acts(environment, "metrics")] == [("refused", None)] * 2
    path = "/referral/channels/mail/shirushi/remove"
    await quiet_world.call("POST", path, "admin")
    assert "shirushi" not in str(trail(environment, "referral"))


async def test_the_runtime_role_adds_no_row_that_has_its_place_already(
    environment: dict[str, str],
) -> None:
    with psycopg.connect(environment["INTAKE_DATABASE_URL"], options=AS_SERVICE) as connection:
        connection.execute(_ROW)
        for place in (", position, previous, hash", ", hash"):
            columns = _ROW.replace(") SELECT", f"{place}) SELECT")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(columns + place.count(",") * ", NULL")
            connection.rollback()


async def test_a_party_is_named_by_what_it_is_to_the_case(
    world: World, environment: dict[str, str]
) -> None:
    case = await open_case(world, LEAD)
    leg = (await case_of(world, case, LEAD))["legs"][0]["id"]
    await act(world, leg, LEAD, "accept")
    path = f"/referral/api/cases/{case}"
    for who in (DESK, LEAD, "chiiki-kyosei"):
        await world.get(path, who)
    for who in (DESK, LEAD):
        await world.get(f"/referral/api/referrals/{leg}", who)
    await world.call("POST", f"{path}/plan", "hoiku", plan(LEAD))
    said = [(row["act"], row["ground"]) for row in trail(environment, "referral")]
    assert said == [
        *[("case-read", "receiver"), ("leg-accept", "receiver")],
        *[("case-read", ground) for ground in ("desk", "holder", "coordinator")],
        *[("leg-read", ground) for ground in ("sender", "receiver")],
        ("plan-draft", "none"),
    ]
