"""Bring one database up to date with Alembic, from the migrations that its owner keeps."""

from collections.abc import Sequence
from pathlib import Path

from alembic import command, context, op
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, pool, text

from shared.database import driver_url


def migrate(location: Path, owner_url: str) -> None:
    """Run the migrations in this folder as the database's owner. Safe to run again."""
    config = Config()
    config.set_main_option("script_location", str(location).replace("%", "%%"))
    config.attributes["url"] = driver_url(owner_url)
    command.upgrade(config, "head")


def run_environment(metadata: Sequence[MetaData]) -> None:
    """The body of every `env.py`: one connection, one transaction, one runner at a time."""
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(7457)"))
        context.configure(connection=connection, target_metadata=list(metadata))
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def execute_file(path: Path) -> None:
    """Run a frozen SQL file inside the migration."""
    op.execute(text(path.read_text(encoding="utf-8").replace(":", r"\:")))
