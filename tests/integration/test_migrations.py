"""The migrated databases are what the code says, and roles can do no more than their work."""

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine

from deploy.databases import NAMES, migrate_all
from services.intake.storage import memos, overrides, slips
from services.intake.storage import tables as intake
from services.metrics.storage import every_table as metrics
from services.referral.storage import every_table as referral
from shared.audit import tables as audit
from shared.database import AS_SERVICE
from shared.identity import tables as identity
from shared.messaging import tables as log
from shared.web import code_attempts, idempotency

_METADATA = {
    "identity": [identity.metadata, audit.metadata],
    "intake": [
        intake.metadata,
        audit.metadata,
        memos.metadata,
        slips.metadata,
        overrides.metadata,
        log.metadata,
        idempotency.metadata,
        code_attempts.metadata,
    ],
    "referral": [
        referral.metadata,
        audit.metadata,
        log.metadata,
        idempotency.metadata,
        code_attempts.metadata,
    ],
    "metrics": [metrics.metadata, audit.metadata, log.metadata, idempotency.metadata],
}


@pytest.mark.parametrize("name", NAMES)
def test_the_tables_are_as_the_code_says(environment: dict[str, str], name: str) -> None:
    whole = MetaData()
    for part in _METADATA[name]:
        for table in part.tables.values():
            table.to_metadata(whole)
    address = environment[f"{name.upper()}_OWNER_DATABASE_URL"].replace("://", "+psycopg://")
    engine = create_engine(address)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), whole) == []
    engine.dispose()


def test_migrating_again_changes_nothing(environment: dict[str, str]) -> None:
    migrate_all(environment)


@pytest.mark.parametrize("name", NAMES)
def test_the_runtime_role_neither_changes_tables_nor_enters_elsewhere(
    environment: dict[str, str], name: str
) -> None:
    address = environment[f"{name.upper()}_DATABASE_URL"]
    with psycopg.connect(address, options=AS_SERVICE) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (x int)")
        connection.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DROP TABLE alembic_version")
        connection.rollback()
    other = "intake" if name != "intake" else "referral"
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(address.rsplit("/", 1)[0] + f"/{other}")
