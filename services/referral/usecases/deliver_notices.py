"""Send what waits on a channel: noted before, sent outside of any transaction, noted after."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from services.referral.domain.delivering import Channel, DeliveryState, next_try
from services.referral.notifier.mail import Mailer
from services.referral.notifier.undelivered import Undelivered
from services.referral.notifier.webhooks import WebhookCaller
from services.referral.storage import deliveries
from services.referral.storage.deliveries import Attempt
from services.referral.usecases.read_notifications import words_of
from shared.database import SERVICE, transaction

log = structlog.get_logger()

#: So many are sent side by side; a target that hangs holds up no more than these.
MOST = 20

#: Sends one attempt to its address, or raises Undelivered.
Send = Callable[[Attempt, str, datetime], Awaitable[None]]


def by_mail(mailer: Mailer, public_url: str) -> Send:
    """Mail: the words of its kind, the number, and a link."""

    async def send(attempt: Attempt, address: str, _: datetime) -> None:
        await mailer.send(
            address,
            message_id=str(attempt.id),
            number=attempt.number,
            words=words_of(attempt.kind),
            link=f"{public_url}/referral/notifications/{attempt.number}",
        )

    return send


def by_webhook(caller: WebhookCaller) -> Send:
    """A signed call with ids alone."""

    async def send(attempt: Attempt, address: str, now: datetime) -> None:
        payload = {
            "type": f"notification.{attempt.kind}",
            "timestamp": attempt.happened_at.isoformat(),
            "data": {
                "notification": attempt.number,
                "case_id": str(attempt.case_id),
                "referral_id": None if attempt.referral_id is None else str(attempt.referral_id),
            },
        }
        await caller.call(
            address,
            attempt.secret or "",
            message_id=f"msg_{attempt.id.hex}",
            payload=payload,
            now=now,
        )

    return send


async def deliver_notices(engine: AsyncEngine, channel: Channel, send: Send, now: datetime) -> bool:
    """Send what is due by `now`; whether more may wait.

    At least once: an attempt that was cut off is made again, under the same message id.
    """
    async with transaction(engine, SERVICE) as connection:
        attempts = await deliveries.take(connection, channel, now, MOST)
    await asyncio.gather(*(_attempt(engine, send, attempt, now) for attempt in attempts))
    return len(attempts) == MOST


async def _attempt(engine: AsyncEngine, send: Send, attempt: Attempt, now: datetime) -> None:
    error: str | None = None
    state, again = DeliveryState.DONE, None
    try:
        if attempt.address is None:
            raise Undelivered("no-target")
        await send(attempt, attempt.address, now)
    except Undelivered as undelivered:
        error = undelivered.kind
        again = next_try(attempt.attempts, now)
        state = DeliveryState.FAILED if again is None else DeliveryState.WAITING
        log.warning(
            "notice_not_delivered",
            delivery=str(attempt.id),
            error=error,
            attempts=attempt.attempts,
            given_up=again is None,
        )
    async with transaction(engine, SERVICE) as connection:
        await deliveries.end_attempt(
            connection, attempt, state=state, error=error, next_at=again, now=now
        )
