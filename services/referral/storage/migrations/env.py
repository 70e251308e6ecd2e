"""Alembic's entry: the referral database."""

from services.referral.storage.notice_tables import notification
from shared.messaging.tables import metadata as log
from shared.migrations import run_environment
from shared.web.idempotency import metadata as idempotency

run_environment([notification.metadata, log, idempotency])
