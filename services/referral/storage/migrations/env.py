"""Alembic's entry: the referral database."""

from services.referral.storage.every_table import metadata
from shared.audit.tables import metadata as audit
from shared.messaging.tables import metadata as log
from shared.migrations import run_environment
from shared.web.code_attempts import metadata as code_attempts
from shared.web.idempotency import metadata as idempotency

run_environment([audit, metadata, log, idempotency, code_attempts])
