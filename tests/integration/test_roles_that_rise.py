"""A role that may become another one is no runtime role, and an address is read in one way."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from deploy.databases import migrate_all
from deploy.embedded.servers import EmbeddedServers
from deploy.weighing.servers import shortcomings_inside
from shared.settings import load_settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def servers_of_its_own() -> Iterator[EmbeddedServers]:
    with (
        TemporaryDirectory(prefix="tsunagi-") as folder,
        EmbeddedServers(Path(folder) / "var", durable=False) as servers,
    ):
        migrate_all(servers.environment)
        yield servers


async def test_a_role_that_may_become_another_is_noticed(
    servers_of_its_own: EmbeddedServers,
) -> None:
    settings = load_settings(servers_of_its_own.environment)
    assert await shortcomings_inside(settings, []) == []
    with psycopg.connect(servers_of_its_own.postgres.admin_url, autocommit=True) as admin:
        admin.execute("GRANT intake_owner TO intake")
        admin.execute("GRANT pg_read_all_data TO referral")
        admin.execute("ALTER ROLE metrics REPLICATION")
    found = {one.setting for one in await shortcomings_inside(settings, [])}
    assert found == {"INTAKE_DATABASE_URL", "REFERRAL_DATABASE_URL", "METRICS_DATABASE_URL"}


async def test_https_is_https_however_it_is_written(environment: dict[str, str]) -> None:
    settings = load_settings(environment | {"TSUNAGI_URL": "HTTPS://tsunagi.example"})
    assert settings.tsunagi_url == "https://tsunagi.example"
