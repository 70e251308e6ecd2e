"""Alembic's entry: the referral database."""

from services.referral.storage import milestone_tables  # noqa: F401  it adds its table
from services.referral.storage.tables import metadata
from shared.messaging.tables import metadata as log
from shared.migrations import run_environment
from shared.web.idempotency import metadata as idempotency

run_environment([metadata, log, idempotency])
