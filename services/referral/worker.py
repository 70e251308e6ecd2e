"""The worker process of the referral service: opens cases, publishes what happens to them."""

from collections.abc import Callable
from datetime import datetime

from services.referral.subscribers import subscriptions
from shared.database import make_engine
from shared.messaging.outbox import Outbox
from shared.messaging.worker import Worker
from shared.plan import load_plan
from shared.settings import Settings


def build_worker(settings: Settings, clock: Callable[[], datetime]) -> Worker:
    """The worker, ready to run."""
    return Worker(
        service="referral",
        engine=make_engine(
            settings.database_url("referral"),
            pool_size=4 + 4 * settings.tsunagi_partitions,  # two readers hold one each and work
            application="referral-worker",
        ),
        redis_url=settings.redis_url.get_secret_value(),
        subscriptions=subscriptions(
            load_plan(settings.tsunagi_plan), Outbox(settings.tsunagi_partitions), clock
        ),
        partitions=settings.tsunagi_partitions,
        clock=clock,
    )
