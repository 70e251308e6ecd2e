"""Alembic's entry: the intake database."""

from services.intake.storage.memos import metadata as memos
from services.intake.storage.overrides import metadata as overrides
from services.intake.storage.slips import metadata as slips
from services.intake.storage.tables import metadata
from shared.audit.tables import metadata as audit
from shared.messaging.tables import metadata as log
from shared.migrations import run_environment
from shared.web.code_attempts import metadata as code_attempts
from shared.web.idempotency import metadata as idempotency

run_environment([audit, metadata, memos, slips, overrides, log, idempotency, code_attempts])
