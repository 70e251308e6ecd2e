"""Between the parts: TLS that is checked, roles that see one database, a start that refuses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from click.testing import CliRunner
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from deploy.cli import main
from deploy.databases import NAMES
from deploy.embedded.folder import Folder, free_port
from deploy.first_accounts import FIRST, ensure_first_accounts
from deploy.production import shortcomings
from deploy.running import up
from deploy.serving import build_app
from deploy.weighing.servers import shortcomings_inside
from shared.database import make_engine
from shared.messaging.connecting import ask_redis
from shared.settings import load_settings
from tests.processes import Process
from tests.tls import Authority, tls_in_front_of
from tests.world import built_applications, consultation, refer, world_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "ours")


@pytest.fixture
def stranger(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "a-strangers")


def _port(url: str) -> int:
    return urlsplit(url).port or 0


def _over_tls(
    environment: dict[str, str], authority: Authority, postgres: int, redis: int
) -> dict[str, str]:
    """Every address by TLS, checked against this authority."""
    changed = {}
    addresses = {name: url for name, url in environment.items() if name.endswith("_URL")}
    for name, url in addresses.items():
        parts = urlsplit(url)
        who, _, _ = parts.netloc.rpartition("@")
        if name.endswith("REDIS_URL"):
            place = f"rediss://{who}@127.0.0.1:{redis}{parts.path}"
            changed[name] = f"{place}?ssl_ca_certs={authority.file}"
        else:
            place = f"postgresql://{who}@127.0.0.1:{postgres}{parts.path}"
            changed[name] = f"{place}?sslmode=verify-full&sslrootcert={authority.file}"
    return changed


@pytest.fixture
async def encrypted(
    environment: dict[str, str], authority: Authority
) -> AsyncIterator[dict[str, str]]:
    """The servers' addresses through TLS."""
    context = authority.context("127.0.0.1")
    postgres, redis = _port(environment["INTAKE_DATABASE_URL"]), _port(environment["REDIS_URL"])
    async with AsyncExitStack() as stack:
        postgres = await stack.enter_async_context(
            tls_in_front_of(postgres, context, postgres=True)
        )
        redis = await stack.enter_async_context(tls_in_front_of(redis, context))
        yield _over_tls(environment, authority, postgres, redis)


async def test_the_whole_path_goes_over_tls(encrypted: dict[str, str]) -> None:
    async with (
        built_applications(encrypted) as apps,
        world_of(encrypted, apps) as world,
    ):
        body = consultation(**refer("csw"))
        recorded = await world.post("/intake/api/consultations", "counter:shakyo-sogo", body)
        await world.settle()
        [leg] = await world.get("/referral/api/inbox", "csw")
        assert leg["case_id"] == recorded["case_id"]
        engine = apps["intake"].state.engine
        async with engine.connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection.pgconn.ssl_in_use
    assert shortcomings(load_settings(encrypted)) == []


async def _database_answers(url: str) -> bool:
    engine = make_engine(url, pool_size=1)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except OperationalError:
        return False
    finally:
        await engine.dispose()
    return True


async def _redis_answers(url: str) -> bool:
    client = ask_redis(url, patience=3)
    try:
        return bool(await client.ping())
    except (RedisError, OSError):
        return False
    finally:
        await client.aclose()


async def test_a_server_with_a_strangers_certificate_is_not_spoken_to(
    encrypted: dict[str, str], authority: Authority, stranger: Authority
) -> None:
    database, redis = encrypted["INTAKE_DATABASE_URL"], encrypted["WEB_REDIS_URL"]
    assert (await _database_answers(database), await _redis_answers(redis)) == (True, True)
    theirs = str(stranger.file)
    assert not await _database_answers(database.replace(str(authority.file), theirs))
    assert not await _redis_answers(redis.replace(str(authority.file), theirs))


async def test_a_certificate_for_another_name_is_not_enough(
    environment: dict[str, str], authority: Authority
) -> None:
    context = authority.context("other.city.example")
    postgres, redis = _port(environment["INTAKE_DATABASE_URL"]), _port(environment["REDIS_URL"])
    async with (
        tls_in_front_of(postgres, context, postgres=True) as far_postgres,
        tls_in_front_of(redis, context) as far_redis,
    ):
        changed = _over_tls(environment, authority, far_postgres, far_redis)
        assert not await _database_answers(changed["INTAKE_DATABASE_URL"])
        assert not await _redis_answers(changed["WEB_REDIS_URL"])
        unchecked = changed["INTAKE_DATABASE_URL"].replace("verify-full", "verify-ca")
        assert await _database_answers(unchecked), "only the name was wrong"


async def test_a_role_opens_its_own_database_alone(environment: dict[str, str]) -> None:
    for role in NAMES:
        own = environment[f"{role.upper()}_DATABASE_URL"]
        for name in (*NAMES, "postgres", "template1"):
            url = own.removesuffix(f"/{role}") + f"/{name}"
            if role == name:
                psycopg.connect(url, connect_timeout=3).close()
                continue
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(url, connect_timeout=3)


async def test_a_role_can_neither_change_tables_nor_rise(environment: dict[str, str]) -> None:
    for name in NAMES:
        with psycopg.connect(environment[f"{name.upper()}_DATABASE_URL"]) as connection:
            for statement in (
                "CREATE TABLE mine (one int)",
                "DROP TABLE alembic_version",
                "ALTER TABLE alembic_version DISABLE ROW LEVEL SECURITY",
                f"SET ROLE {name}_owner",
                "SELECT pg_read_file('postgresql.conf')",
                "COPY alembic_version TO PROGRAM 'cat'",
                "CREATE ROLE another",
            ):
                with pytest.raises(psycopg.Error) as refused:
                    connection.execute(statement)
                assert refused.value.sqlstate == "42501", (name, statement, refused.value)
                connection.rollback()


async def test_an_owner_as_the_runtime_role_is_noticed(environment: dict[str, str]) -> None:
    settings = load_settings(environment)
    assert await shortcomings_inside(settings, []) == []
    for name in NAMES:
        setting = f"{name.upper()}_DATABASE_URL"
        owner = {setting: environment[f"{name.upper()}_OWNER_DATABASE_URL"]}
        found = await shortcomings_inside(load_settings(environment | owner), [])
        assert [one.setting for one in found] == [setting]


async def test_a_role_that_opens_anothers_database_is_noticed(environment: dict[str, str]) -> None:
    owner = environment["METRICS_OWNER_DATABASE_URL"]
    with psycopg.connect(owner) as connection:
        connection.execute("GRANT CONNECT ON DATABASE metrics TO intake")
    try:
        found = await shortcomings_inside(load_settings(environment), [])
        assert [one.setting for one in found] == ["INTAKE_DATABASE_URL"]
    finally:
        with psycopg.connect(owner) as connection:
            connection.execute("REVOKE CONNECT ON DATABASE metrics FROM intake")


async def test_a_redis_user_who_may_do_everything_is_noticed(environment: dict[str, str]) -> None:
    everything = {"WEB_REDIS_URL": environment["REDIS_URL"]}
    found = await shortcomings_inside(load_settings(environment | everything), [])
    assert [one.setting for one in found] == ["WEB_REDIS_URL"]


@pytest.mark.parametrize("active", [1, len(FIRST) - 1, len(FIRST)])
async def test_accounts_of_the_demonstration_are_noticed(
    environment: dict[str, str], tmp_path: Path, active: int
) -> None:
    logins = [first.login for first in FIRST]
    public = load_settings(environment | {"TSUNAGI_URL": "https://tsunagi.city.example"})
    assert await shortcomings_inside(public, logins) == []
    engine = make_engine(environment["IDENTITY_DATABASE_URL"], pool_size=1)
    await ensure_first_accounts(engine, Folder(tmp_path))
    async with engine.begin() as connection:
        stopped = {"logins": logins[active:]}
        disabled = "UPDATE account SET disabled_at = now() WHERE login = ANY(:logins)"
        await connection.execute(text(disabled), stopped)
    await engine.dispose()
    [found] = await shortcomings_inside(public, logins)
    assert found.setting == "DEMO"
    assert [login for login in logins if login in found.words] == logins[:active]
    here = load_settings(environment | {"TSUNAGI_URL": "http://127.0.0.1:8000"})
    assert await shortcomings_inside(here, logins) == []


async def test_an_account_of_ones_own_may_be_called_as_the_demonstrations(
    environment: dict[str, str], tmp_path: Path
) -> None:
    public = load_settings(environment | {"TSUNAGI_URL": "https://tsunagi.city.example"})
    words = ["account", "create", "admin", "--role", "admin"]
    made = await asyncio.to_thread(CliRunner().invoke, main, words, None, environment)
    assert made.exit_code == 0
    assert await shortcomings_inside(public, ["admin", "manager"]) == []
    engine = make_engine(environment["IDENTITY_DATABASE_URL"], pool_size=1)
    await ensure_first_accounts(engine, Folder(tmp_path))
    await engine.dispose()
    assert len(await shortcomings_inside(public, ["manager"])) == 1
    words = ["account", "reset", "manager"]
    await asyncio.to_thread(CliRunner().invoke, main, words, None, environment)
    assert await shortcomings_inside(public, ["admin", "manager"]) == []


async def test_an_unsafe_production_does_not_start(environment: dict[str, str]) -> None:
    unsafe = environment | {
        "TSUNAGI_URL": "http://tsunagi.city.example",
        "WEB_REDIS_URL": "redis://:password@redis.city.example/0",
        "METRICS_DATABASE_URL": environment["METRICS_OWNER_DATABASE_URL"],
    }
    process = Process(["serve", "metrics", "--web"], free_port(), unsafe)
    try:
        assert await asyncio.to_thread(process.wait) == 1
        printed = process.output()
    finally:
        process.close()
    for setting in ("TSUNAGI_URL", "WEB_REDIS_URL", "METRICS_DATABASE_URL"):
        assert f"・{setting}：" in printed
    assert "INTAKE_DATABASE_URL" not in printed
    assert ":password@" not in printed


async def test_the_demonstration_is_for_this_machine_alone(tmp_path: Path) -> None:
    words = ["--port", str(free_port()), "--host", "127.0.0.1"]
    told = {"TSUNAGI_VAR": str(tmp_path / "var"), "TSUNAGI_URL": "https://tsunagi.city.example"}
    done = await asyncio.to_thread(CliRunner().invoke, up, words, None, told)
    assert done.exit_code == 1
    assert "DEMO=0" in done.output


async def test_an_administrator_is_told_that_people_can_be_overheard(
    environment: dict[str, str],
) -> None:
    async def page(url: str, who: str, path: str) -> str:
        told = environment | {"TSUNAGI_URL": url, "TSUNAGI_ALLOW_HTTP": "1"}
        async with (
            built_applications(told) as apps,
            world_of(told, apps, workers=False) as world,
        ):
            answer = await world.call("GET", path, who)
            assert answer.status_code == 200
            return answer.text

    warning = "通信が暗号化されていません。"
    assert warning in await page("http://tsunagi.city.example", "admin", "/admin/accounts")
    assert warning not in await page("http://tsunagi.city.example", "csw", "/referral/inbox")
    assert warning not in await page("http://127.0.0.1:8000", "admin", "/admin/accounts")
    assert warning not in await page("https://tsunagi.city.example", "admin", "/admin/accounts")


@pytest.mark.parametrize(
    ("url", "logged"), [("http://tsunagi.city.example", 1), ("https://tsunagi.city.example", 0)]
)
def test_a_start_without_https_is_logged(
    environment: dict[str, str], url: str, logged: int
) -> None:
    with capture_logs() as logs:
        build_app("metrics", load_settings(environment | {"TSUNAGI_URL": url}))
    assert [one["event"] for one in logs] == ["public_address_without_https"] * logged
