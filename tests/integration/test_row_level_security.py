"""What the database itself refuses, whatever a query asks."""

import re
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

import services
from services.referral.domain.sight import is_party
from shared.database import AS_SERVICE, SERVICE, Acts, as_service, make_engine, tell, transaction
from shared.messaging.outbox import Outbox
from shared.plan import SHIELDED_TOPICS, Plan
from tests.integration.casework import casework
from tests.integration.log import activity
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

#: What a request can do with the rows of each is in reach.txt.
OPEN = {"alembic_version": "the owner's, who migrates and is not bound; a service only reads it"}


def _tables(environment: dict[str, str], service: str) -> dict[str, bool]:
    with psycopg.connect(environment[f"{service.upper()}_OWNER_DATABASE_URL"]) as owner:
        rows = owner.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
    return {str(name): bool(forced) for name, forced in rows}


@pytest.mark.parametrize("service", ["intake", "referral", "metrics"])
def test_every_table_is_guarded_or_says_why_not(servers: dict[str, str], service: str) -> None:
    unguarded = {name for name, forced in _tables(servers, service).items() if not forced}
    assert unguarded - OPEN.keys() == set()


@pytest.mark.parametrize("service", ["intake", "referral", "metrics"])
def test_the_service_does_not_own_its_tables(servers: dict[str, str], service: str) -> None:
    with psycopg.connect(servers[f"{service.upper()}_DATABASE_URL"]) as runtime:
        [(owned, bypasses)] = runtime.execute(
            "SELECT count(*) FILTER (WHERE tableowner = current_user), bool_or(rolbypassrls)"
            " FROM pg_tables, pg_roles WHERE schemaname = 'public' AND rolname = current_user"
        ).fetchall()
    assert (owned, bypasses) == (0, False)


async def test_who_says_nothing_sees_nothing(world: World) -> None:
    body = consultation(**refer("csw"), memo="気になること")
    await world.post("/intake/api/consultations", "counter:shakyo-sogo", body)
    await world.settle()
    seen = 0
    for name in ("intake", "referral", "metrics"):
        address = world.settings.database_url(name)
        with (
            psycopg.connect(address) as silent,
            psycopg.connect(address, options=AS_SERVICE) as own,
        ):
            tables = silent.execute(
                "SELECT relname FROM pg_class WHERE relforcerowsecurity"
                " AND relnamespace = 'public'::regnamespace"
            ).fetchall()
            for (table,) in tables:
                count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
                assert silent.execute(count).fetchone() == (0,), table
                seen += (own.execute(count).fetchone() or (0,))[0]
    assert seen > 5


async def test_a_desk_appends_to_the_log_and_neither_reads_nor_deletes_it(
    world: World, environment: dict[str, str]
) -> None:
    dv = consultation(topics=["dv"], main_topic="dv", **refer("csw", basis="statutory-report"))
    await world.post("/intake/api/consultations", "counter:shakyo-sogo", dv)
    await world.settle()
    log = "(SELECT count(*) FROM outbox), (SELECT count(*) FROM inbox)"
    for name in ("intake", "referral"):
        engine = make_engine(environment[f"{name.upper()}_DATABASE_URL"], pool_size=1)
        async with transaction(engine, SERVICE) as connection:
            before = list((await connection.exec_driver_sql(f"SELECT {log}")).one())
        async with transaction(engine, Acts("agency", uuid4(), "hoiku", "city")) as connection:
            assert (await connection.exec_driver_sql(f"SELECT {log}")).one() == (0, 0)
            for table in ("outbox", "inbox", "stream_cursor", "dead_letter"):
                done = await connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608
                assert done.rowcount == 0
            await Outbox().append(connection, [activity(1)])
        async with transaction(engine, SERVICE) as connection:
            after = list((await connection.exec_driver_sql(f"SELECT {log}")).one())
        await engine.dispose()
        assert min(before) > 0
        assert after == [before[0] + 1, before[1]]


def test_a_long_log_is_read_by_its_index(environment: dict[str, str]) -> None:
    fill = (
        "INSERT INTO outbox (partition, position, event_id, subject, type, event)"
        " SELECT 0, n, gen_random_uuid(), gen_random_uuid(), 't', 'e'"
        " FROM generate_series(1, 30000) n"
    )
    asked = (
        "EXPLAIN SELECT event FROM outbox WHERE partition = 0 AND position > 15000"
        " ORDER BY position LIMIT 500"
    )
    with psycopg.connect(environment["INTAKE_OWNER_DATABASE_URL"], options=AS_SERVICE) as owner:
        owner.execute(fill)
        owner.execute("ANALYZE outbox")
        found = str(owner.execute(asked).fetchall())
        owner.rollback()
    assert "Index Scan using outbox_position" in found


async def test_what_was_said_ends_with_the_transaction(environment: dict[str, str]) -> None:
    engine = make_engine(environment["REFERRAL_DATABASE_URL"], pool_size=1)
    asked = "SELECT current_setting('tsunagi.role', true), current_setting('tsunagi.agency', true)"
    async with transaction(engine, Acts("agency", None, "csw", "council")) as connection:
        assert (await connection.exec_driver_sql(asked)).one() == ("agency", "csw")
        async with as_service(connection):
            assert (await connection.exec_driver_sql(asked)).one() == ("service", "csw")
        assert (await connection.exec_driver_sql(asked)).one() == ("agency", "csw")
    async with engine.begin() as connection:
        assert set((await connection.exec_driver_sql(asked)).one()) <= {"", None}
        await tell(connection, SERVICE)
        assert (await connection.exec_driver_sql(asked)).one() == ("service", "")
    await engine.dispose()


@pytest.mark.parametrize("service", ["intake", "referral"])
def test_the_database_knows_the_same_topics_of_violence(service: str) -> None:
    folder = Path(services.__file__).parent / service / "storage/migrations/versions"
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*who_sees*.sql"))
    lists = re.findall(r"&& ARRAY\[([^\]]*)\]", text)
    assert lists
    assert all(set(re.findall(r"'([^']+)'", one)) == SHIELDED_TOPICS for one in lists)


async def test_joining_a_case_about_violence_by_its_code_opens_ones_own_leg(world: World) -> None:
    asked = refer("csw", "houkatsu", basis="statutory-report", reason="夜間の見守り")
    body = consultation(topics=["dv"], main_topic="dv", **asked)
    recorded = await world.post("/intake/api/consultations", "counter:shakyo-sogo", body)
    await world.settle()
    joining = consultation(**refer("seikatsu-engo"), case_code=recorded["code"])
    await world.post("/intake/api/consultations", "counter:hoiku", joining)
    await world.settle()
    path = f"/referral/api/cases/{recorded['case_id']}"
    shown = await world.get(path, "hoiku")
    assert [(leg["to"], leg["from"]) for leg in shown["legs"]] == [("seikatsu-engo", "hoiku")]
    assert (shown["state"], shown["topics"], shown["facts"], shown["urgency"]) == (
        *("open", [], {}, None),
    )
    assert "夜間の見守り" not in str(shown)
    legs = {leg["to"]: leg["id"] for leg in (await world.get(path, "shakyo-sogo"))["legs"]}
    for method, leg, status in (
        ("GET", legs["csw"], 404),
        ("GET", legs["seikatsu-engo"], 200),
    ):
        answer = await world.call(method, f"/referral/api/referrals/{leg}", "hoiku")
        assert answer.status_code == status
    act = f"/referral/api/referrals/{legs['csw']}/withdraw"
    assert (await world.call("POST", act, "hoiku", {"reason": "不要"})).status_code == 404
    own = f"/referral/api/referrals/{legs['seikatsu-engo']}/withdraw"
    assert (await world.post(own, "hoiku", {"reason": "別の道が見つかった"}))[
        "state"
    ] == "withdrawn"
    after = await world.get(path, "shakyo-sogo")
    assert {leg["to"]: leg["state"] for leg in after["legs"]} == {
        "csw": "offered",
        "houkatsu": "offered",
        "seikatsu-engo": "withdrawn",
    }


async def test_the_rule_in_the_database_is_the_domains(
    environment: dict[str, str], plan: Plan
) -> None:
    async with casework(environment, plan) as work:
        for topics in (("isolation",), ("dv",)):
            case_id = await work.open("shakyo-sogo", "csw", "houkatsu", topics=topics)
            standing = await work.standing(case_id)
            for agency in plan.agencies:
                kind = "coordinator" if agency == plan.coordinator else "city"
                await tell(work.connection, Acts("agency", None, agency, kind))
                found = await work.connection.exec_driver_sql("SELECT is_party(%s)", (case_id,))
                seen = bool(found.scalar_one())
                await tell(work.connection, SERVICE)
                party = is_party(agency, standing.case, standing.legs, plan.coordinator)
                assert seen is party, (agency, topics)
