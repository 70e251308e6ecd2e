"""The worker of the referral service: opens cases, watches terms, publishes and tells."""

from collections.abc import Callable
from datetime import datetime

from services.referral.domain.delivering import Channel
from services.referral.notifier.mail import Mailer
from services.referral.notifier.webhooks import WebhookCaller
from services.referral.subscribers import subscriptions
from services.referral.usecases.deliver_notices import Deliverer, by_mail, by_webhook
from services.referral.usecases.follow_news import forget_stirs
from services.referral.usecases.forget_words import forget_words
from services.referral.usecases.tend_agencies import tend_agencies
from services.referral.usecases.watch_clocks import watch_clocks
from shared.audit.keeping import Keeper, open_safe
from shared.database import AS_SERVICE, make_engine
from shared.messaging.forgetting import RETENTION_LOOKS
from shared.messaging.job import Job
from shared.messaging.outbox import Outbox
from shared.messaging.worker import Worker
from shared.plan import load_plan
from shared.settings import Settings


def build_worker(settings: Settings, clock: Callable[[], datetime]) -> Worker:
    """The worker, ready to run."""
    engine = make_engine(
        settings.database_url("referral"),
        # Relay and readers of each partition, and the jobs, hold one connection and work on more.
        pool_size=13 + 6 * settings.tsunagi_partitions,
        application="referral-worker",
        options=AS_SERVICE,
    )
    plan = load_plan(settings.tsunagi_plan)
    outbox = Outbox(settings.tsunagi_partitions)

    async def watch() -> bool:
        return await watch_clocks(engine, plan, outbox, clock())

    async def tend() -> bool:
        return await tend_agencies(engine, plan, outbox, clock())

    smtp = settings.tsunagi_smtp_url
    mailer = Mailer(None if smtp is None else smtp.get_secret_value(), settings.tsunagi_smtp_from)
    mail = Deliverer(engine, Channel.MAIL, by_mail(mailer, settings.tsunagi_url), clock)
    caller = by_webhook(WebhookCaller(settings.tsunagi_webhook_networks))
    webhooks = Deliverer(engine, Channel.WEBHOOK, caller, clock)

    async def forget() -> bool:
        await forget_words(engine, plan, clock())
        await forget_stirs(engine, clock())
        return False

    safe = open_safe(settings.tsunagi_audit_folder, settings.tsunagi_audit_secret)
    return Worker(
        service="referral",
        engine=engine,
        redis_url=settings.redis_url_of("referral"),
        subscriptions=subscriptions(plan, outbox, clock),
        partitions=settings.tsunagi_partitions,
        clock=clock,
        trails=[Keeper("referral", engine, safe, clock)],
        jobs=[
            Job("clocks", watch, every=2),
            Job("agencies", tend, every=2),
            Job("mail", mail.turn, every=1, finish=mail.finish),
            Job("webhooks", webhooks.turn, every=1, finish=webhooks.finish),
            Job("retention", forget, every=RETENTION_LOOKS),
        ],
    )
