"""Alembic's entry: the metrics database."""

from services.metrics.storage.every_table import metadata
from shared.audit.tables import metadata as audit
from shared.messaging.tables import metadata as log
from shared.migrations import run_environment
from shared.web.idempotency import metadata as idempotency

run_environment([audit, metadata, log, idempotency])
