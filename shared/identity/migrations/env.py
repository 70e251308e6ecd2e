"""Alembic's entry: the identity database."""

from shared.audit.tables import metadata as audit
from shared.identity.tables import metadata
from shared.migrations import run_environment

run_environment([audit, metadata])
