"""The worker process of the metrics service: counts what the others publish."""

from collections.abc import Callable
from datetime import datetime

from services.metrics.subscribers import subscriptions
from services.metrics.usecases.forget_words import forget_words
from services.metrics.usecases.keep_rules import keep_rules
from services.metrics.usecases.recount_rule import recount_rule
from shared.audit.keeping import Keeper, open_safe
from shared.database import AS_SERVICE, SERVICE, make_engine, transaction
from shared.messaging.forgetting import RETENTION_LOOKS
from shared.messaging.job import Job
from shared.messaging.worker import Worker
from shared.plan import load_plan
from shared.settings import Settings


def build_worker(settings: Settings, clock: Callable[[], datetime]) -> Worker:
    """The worker, ready to run."""
    plan = load_plan(settings.tsunagi_plan)
    engine = make_engine(
        settings.database_url("metrics"),
        # Two readers hold one connection each and work, and so do the jobs.
        pool_size=8 + 4 * settings.tsunagi_partitions,
        application="metrics-worker",
        options=AS_SERVICE,
    )

    async def prepare() -> None:
        async with transaction(engine, SERVICE) as connection:
            await keep_rules(connection, plan, clock())

    async def recount() -> bool:
        return await recount_rule(engine, plan)

    async def forget() -> bool:
        await forget_words(engine, plan, clock())
        return False

    safe = open_safe(settings.tsunagi_audit_folder, settings.tsunagi_audit_secret)
    return Worker(
        service="metrics",
        engine=engine,
        redis_url=settings.redis_url_of("metrics"),
        subscriptions=subscriptions(plan),
        partitions=settings.tsunagi_partitions,
        clock=clock,
        trails=[Keeper("metrics", engine, safe, clock)],
        jobs=[
            Job("rules", recount, every=2),
            Job("retention", forget, every=RETENTION_LOOKS),
        ],
        prepare=prepare,
    )
