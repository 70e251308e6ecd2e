"""The worker process of the intake service: publishes its log, follows the legs of its cases."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from services.intake.subscribers import SUBSCRIPTIONS
from services.intake.usecases.forget_words import forget_words
from shared.audit.keeping import Keeper, open_safe
from shared.database import AS_SERVICE, make_engine
from shared.messaging.connecting import connect_redis
from shared.messaging.forgetting import RETENTION_LOOKS
from shared.messaging.job import Job
from shared.messaging.worker import Worker
from shared.plan import load_plan
from shared.settings import Settings


def build_worker(settings: Settings, clock: Callable[[], datetime]) -> Worker:
    """The worker, ready to run."""
    plan = load_plan(settings.tsunagi_plan)
    redis_url = settings.redis_url_of("intake")
    engine = make_engine(
        settings.database_url("intake"),
        # Two readers hold one connection each and work; so do the jobs, of which two keep trails.
        pool_size=7 + 4 * settings.tsunagi_partitions,
        application="intake-worker",
        options=AS_SERVICE,
    )
    identity = make_engine(
        settings.database_url("identity"), pool_size=2, application="intake-audit"
    )
    safe = open_safe(settings.tsunagi_audit_folder, settings.tsunagi_audit_secret)

    async def forget() -> bool:
        await forget_words(engine, plan, partial(connect_redis, redis_url), clock())
        return False

    return Worker(
        service="intake",
        engine=engine,
        redis_url=redis_url,
        subscriptions=SUBSCRIPTIONS,
        partitions=settings.tsunagi_partitions,
        clock=clock,
        jobs=[Job("retention", forget, every=RETENTION_LOOKS)],
        trails=[
            Keeper("intake", engine, safe, clock),
            Keeper("identity", identity, safe, clock),
        ],
    )
