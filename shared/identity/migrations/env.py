"""Alembic's entry: the identity database."""

from shared.identity.tables import metadata
from shared.migrations import run_environment

run_environment([metadata])
