"""The worker process of the metrics service: counts what the others publish."""

from collections.abc import Callable
from datetime import datetime

from services.metrics.subscribers import subscriptions
from shared.database import make_engine
from shared.messaging.worker import Worker
from shared.plan import load_plan
from shared.settings import Settings


def build_worker(settings: Settings, clock: Callable[[], datetime]) -> Worker:
    """The worker, ready to run."""
    return Worker(
        service="metrics",
        engine=make_engine(
            settings.database_url("metrics"),
            pool_size=4 + 4 * settings.tsunagi_partitions,  # two readers hold one each and work
            application="metrics-worker",
        ),
        redis_url=settings.redis_url.get_secret_value(),
        subscriptions=subscriptions(load_plan(settings.tsunagi_plan)),
        partitions=settings.tsunagi_partitions,
        clock=clock,
    )
