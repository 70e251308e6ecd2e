"""Send what waits on a channel: noted before, sent outside of any transaction, noted after."""

import asyncio
from asyncio import FIRST_COMPLETED, Task
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

#: So many are sent side by side, one to each target: one that hangs holds up its own news alone.
MOST = 50
#: Seconds for one attempt, from the look at the name to the answer.
PATIENCE = 10.0
#: Seconds until what came meanwhile is looked for, while attempts are under way.
LOOK = 1.0

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


class Deliverer:
    """Sends what is due on one channel, in order and one at a time to each target."""

    def __init__(
        self, engine: AsyncEngine, channel: Channel, send: Send, clock: Callable[[], datetime]
    ) -> None:
        self._engine = engine
        self._channel = channel
        self._send = send
        self._clock = clock
        self._under_way: dict[Task[None], str] = {}

    async def turn(self) -> bool:
        """Begin what is due at targets that are free; whether more may wait.

        At least once: an attempt that was cut off is made again, under the same message id.
        """
        now = self._clock()
        async with transaction(self._engine, SERVICE) as connection:
            room, busy = MOST - len(self._under_way), list(self._under_way.values())
            attempts = await deliveries.take(connection, self._channel, now, room, busy)
        for attempt in attempts:
            task = asyncio.create_task(self._attempt(attempt, now))
            self._under_way[task] = attempt.target
        if not self._under_way:
            return False
        done, _ = await asyncio.wait(self._under_way, timeout=LOOK, return_when=FIRST_COMPLETED)
        for task in done:
            del self._under_way[task]
        for task in done:
            task.result()
        return True

    async def finish(self) -> None:
        """Wait for what is under way. How it ended may not be noted; then it is made again."""
        await asyncio.gather(*self._under_way, return_exceptions=True)
        self._under_way.clear()

    async def _attempt(self, attempt: Attempt, now: datetime) -> None:
        error: str | None = None
        state, again = DeliveryState.DONE, None
        try:
            await self._call(attempt, now)
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
        async with transaction(self._engine, SERVICE) as connection:
            await deliveries.end_attempt(
                connection, attempt, state=state, error=error, next_at=again, now=now
            )

    async def _call(self, attempt: Attempt, now: datetime) -> None:
        if attempt.address is None:
            raise Undelivered("no-target")
        try:
            async with asyncio.timeout(PATIENCE):
                await self._send(attempt, attempt.address, now)
        except TimeoutError:
            raise Undelivered("too-slow") from None
