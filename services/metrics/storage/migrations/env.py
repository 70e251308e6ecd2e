"""Alembic's entry: the metrics database."""

from services.metrics.storage.conference_tables import metadata
from services.metrics.storage.rule_tables import metadata as rules
from shared.messaging.tables import metadata as log
from shared.migrations import run_environment

run_environment([metadata, rules, log])
