"""The worker process of the intake service: publishes its log, follows the legs of its cases."""

from collections.abc import Callable
from datetime import datetime

from services.intake.subscribers import SUBSCRIPTIONS
from shared.audit.keeping import Keeper, open_safe
from shared.database import make_engine
from shared.messaging.worker import Worker
from shared.settings import Settings


def build_worker(settings: Settings, clock: Callable[[], datetime]) -> Worker:
    """The worker, ready to run."""
    engine = make_engine(
        settings.database_url("intake"),
        # Two readers hold one each and work; so do the jobs that keep the two trails.
        pool_size=7 + 4 * settings.tsunagi_partitions,
        application="intake-worker",
    )
    identity = make_engine(
        settings.database_url("identity"), pool_size=2, application="intake-audit"
    )
    safe = open_safe(settings.tsunagi_audit_folder, settings.tsunagi_audit_secret)
    return Worker(
        service="intake",
        engine=engine,
        redis_url=settings.redis_url_of("intake"),
        subscriptions=SUBSCRIPTIONS,
        partitions=settings.tsunagi_partitions,
        clock=clock,
        trails=[
            Keeper("intake", engine, safe, clock),
            Keeper("identity", identity, safe, clock),
        ],
    )
