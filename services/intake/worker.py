"""The worker process of the intake service: publishes its log, follows the legs of its cases."""

from collections.abc import Callable
from datetime import datetime

from services.intake.subscribers import SUBSCRIPTIONS
from shared.database import make_engine
from shared.messaging.worker import Worker
from shared.settings import Settings


def build_worker(settings: Settings, clock: Callable[[], datetime]) -> Worker:
    """The worker, ready to run."""
    return Worker(
        service="intake",
        engine=make_engine(
            settings.database_url("intake"),
            pool_size=4 + 4 * settings.tsunagi_partitions,  # two readers hold one each and work
            application="intake-worker",
        ),
        redis_url=settings.redis_url_of("intake"),
        subscriptions=SUBSCRIPTIONS,
        partitions=settings.tsunagi_partitions,
        clock=clock,
    )
