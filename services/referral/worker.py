"""The worker of the referral service: opens cases, watches terms, publishes what happens."""

from collections.abc import Callable
from datetime import datetime

from services.referral.subscribers import subscriptions
from services.referral.usecases.tend_agencies import tend_agencies
from services.referral.usecases.watch_clocks import watch_clocks
from shared.database import make_engine
from shared.messaging.job import Job
from shared.messaging.outbox import Outbox
from shared.messaging.worker import Worker
from shared.plan import load_plan
from shared.settings import Settings


def build_worker(settings: Settings, clock: Callable[[], datetime]) -> Worker:
    """The worker, ready to run."""
    engine = make_engine(
        settings.database_url("referral"),
        # Two readers and the jobs hold one connection each, and one to work.
        pool_size=8 + 4 * settings.tsunagi_partitions,
        application="referral-worker",
    )
    plan = load_plan(settings.tsunagi_plan)
    outbox = Outbox(settings.tsunagi_partitions)

    async def watch() -> bool:
        return await watch_clocks(engine, plan, outbox, clock())

    async def tend() -> bool:
        return await tend_agencies(engine, plan, outbox, clock())

    return Worker(
        service="referral",
        engine=engine,
        redis_url=settings.redis_url.get_secret_value(),
        subscriptions=subscriptions(plan, outbox, clock),
        partitions=settings.tsunagi_partitions,
        clock=clock,
        jobs=[Job("clocks", watch), Job("agencies", tend)],
    )
