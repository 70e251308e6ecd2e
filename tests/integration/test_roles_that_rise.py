"""A role that may become another one is no runtime role, and an address is read in one way."""

import psycopg
import pytest

from deploy.embedded.servers import EmbeddedServers
from deploy.weighing.servers import shortcomings_inside
from shared.settings import load_settings

pytestmark = pytest.mark.anyio


async def test_a_role_that_may_become_another_is_noticed(
    own_servers: EmbeddedServers,
) -> None:
    settings = load_settings(own_servers.environment)
    assert await shortcomings_inside(settings, []) == []
    with psycopg.connect(own_servers.postgres.admin_url, autocommit=True) as admin:
        admin.execute("GRANT intake_owner TO intake")
        admin.execute("GRANT pg_read_all_data TO referral")
        admin.execute("ALTER ROLE metrics REPLICATION")
    found = {one.setting for one in await shortcomings_inside(settings, [])}
    assert found == {"INTAKE_DATABASE_URL", "REFERRAL_DATABASE_URL", "METRICS_DATABASE_URL"}


async def test_https_is_https_however_it_is_written(environment: dict[str, str]) -> None:
    settings = load_settings(environment | {"TSUNAGI_URL": "HTTPS://tsunagi.example"})
    assert settings.tsunagi_url == "https://tsunagi.example"
