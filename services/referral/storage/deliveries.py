"""Deliveries: one notification on one channel, its attempts, and how it ended."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from services.referral.domain.delivering import CUT_OFF, Channel, DeliveryState
from services.referral.storage import visibility
from services.referral.storage.notice_tables import (
    agency_channel,
    delivery,
    notification,
    webhook,
)
from shared.database import among


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as people see it. `charge` is the agency that looks after it."""

    id: UUID
    number: int
    channel: str
    target: str
    charge: str
    state: str
    attempts: int
    next_at: datetime | None
    error: str | None
    done_at: datetime | None
    agency: str
    kind: str
    case_id: UUID
    referral_id: UUID | None
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """A delivery that is being sent: its address as it is now, None where there is none."""

    id: UUID
    number: int
    target: str
    kind: str
    case_id: UUID
    referral_id: UUID | None
    happened_at: datetime
    attempts: int
    address: str | None
    secret: str | None


_OWN = ("id", "number", "channel", "target", "charge", "state", "attempts", "next_at")
_TOLD = ("agency", "kind", "case_id", "referral_id", "happened_at")


def _query() -> Select[Any]:
    columns = [delivery.c[name] for name in (*_OWN, "error", "done_at")]
    told = [notification.c[name] for name in _TOLD]
    joined = delivery.join(notification, notification.c.number == delivery.c.number)
    return select(*columns, *told).select_from(joined)


async def _read(connection: AsyncConnection, query: Select[Any]) -> list[Delivery]:
    return [Delivery(**row) for row in (await connection.execute(query)).mappings()]


async def add(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store new deliveries: `number`, `channel`, `target`, `charge`, `next_at`."""
    if rows:
        new = [{"id": uuid7(), "state": DeliveryState.WAITING.value, **row} for row in rows]
        await connection.execute(insert(delivery), new)


async def take(
    connection: AsyncConnection, channel: Channel, now: datetime, most: int, busy: Collection[str]
) -> list[Attempt]:
    """Begin an attempt at what is due first at each target, but the busy ones.

    It is recorded before it is sent, so that a crash shows.
    """
    is_due = and_(
        delivery.c.channel == channel.value,
        delivery.c.state.in_((DeliveryState.WAITING.value, DeliveryState.SENDING.value)),
        delivery.c.next_at <= now,
        delivery.c.target.not_in(busy),
    )
    first = (
        select(delivery.c.id)
        .ext(distinct_on(delivery.c.target))
        .where(is_due)
        .order_by(delivery.c.target, delivery.c.next_at, delivery.c.number)
    )
    due = (
        select(delivery.c.id)
        .where(is_due, delivery.c.id.in_(first))
        .order_by(delivery.c.next_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = (await connection.execute(due)).scalars().all()
    if not ids:
        return []
    await connection.execute(
        update(delivery)
        .where(among(delivery.c.id, ids))
        .values(
            state=DeliveryState.SENDING.value,
            attempts=delivery.c.attempts + 1,
            next_at=now + CUT_OFF,
        )
    )
    own = [delivery.c[name] for name in ("id", "number", "target", "attempts")]
    told = [notification.c[name] for name in _TOLD if name != "agency"]
    by_mail, by_hook = delivery.c.channel == "mail", delivery.c.channel == "webhook"
    joined = (
        delivery.join(notification, notification.c.number == delivery.c.number)
        .outerjoin(agency_channel, and_(by_mail, agency_channel.c.agency == delivery.c.target))
        .outerjoin(webhook, and_(by_hook, webhook.c.name == delivery.c.target))
    )
    address = func.coalesce(agency_channel.c.email, webhook.c.url).label("address")
    query = (
        select(*own, *told, address, webhook.c.secret)
        .select_from(joined)
        .where(among(delivery.c.id, ids))
        .order_by(delivery.c.number)
    )
    return [Attempt(**row) for row in (await connection.execute(query)).mappings()]


async def end_attempt(
    connection: AsyncConnection,
    attempt: Attempt,
    *,
    state: DeliveryState,
    error: str | None,
    next_at: datetime | None,
    now: datetime,
) -> None:
    """Store how an attempt ended, unless another one was begun meanwhile."""
    done = now if state is DeliveryState.DONE else None
    await connection.execute(
        update(delivery)
        .where(
            delivery.c.id == attempt.id,
            delivery.c.state == DeliveryState.SENDING.value,
            delivery.c.attempts == attempt.attempts,
        )
        .values(state=state.value, error=error, next_at=next_at, done_at=done)
    )


async def find(
    connection: AsyncConnection, delivery_id: UUID, charge: str | None, *, lock: bool = False
) -> Delivery | None:
    """One delivery that `charge` looks after, None for anybody's; with `lock`, nobody else
    changes it meanwhile.
    """
    query = _query().where(delivery.c.id == delivery_id)
    if charge is not None:
        query = query.where(visibility.looked_after_by(charge))
    if lock:
        query = query.with_for_update(of=delivery)
    return next(iter(await _read(connection, query)), None)


async def hand_over(connection: AsyncConnection, delivery_id: UUID, by: str, now: datetime) -> None:
    """Somebody handed it over or told it by telephone."""
    await connection.execute(
        update(delivery)
        .where(delivery.c.id == delivery_id)
        .values(state=DeliveryState.DONE.value, next_at=None, done_at=now, done_by=by)
    )


async def try_again(connection: AsyncConnection, delivery_id: UUID, now: datetime) -> None:
    """Begin again with the first attempt."""
    await connection.execute(
        update(delivery)
        .where(delivery.c.id == delivery_id)
        .values(state=DeliveryState.WAITING.value, attempts=0, next_at=now)
    )


async def paper_of(
    connection: AsyncConnection, charge: str, *, done_since: datetime, limit: int
) -> tuple[list[Delivery], list[Delivery]]:
    """The sheets that this agency has yet to hand over, and those that it did of late."""
    mine = _query().where(
        visibility.looked_after_by(charge), delivery.c.channel == Channel.PAPER.value
    )
    waiting = mine.where(delivery.c.state != DeliveryState.DONE.value)
    done = mine.where(delivery.c.state == DeliveryState.DONE.value, delivery.c.done_at > done_since)
    return (
        await _read(connection, waiting.order_by(delivery.c.number).limit(limit)),
        await _read(connection, done.order_by(delivery.c.done_at.desc()).limit(limit)),
    )


async def in_trouble(connection: AsyncConnection, limit: int) -> list[Delivery]:
    """What did not arrive, and what has failed at least once and is tried again; newest first."""
    failed = delivery.c.state == DeliveryState.FAILED.value
    tried = and_(delivery.c.state != DeliveryState.DONE.value, delivery.c.error.is_not(None))
    query = _query().where(failed | tried).order_by(delivery.c.number.desc()).limit(limit)
    return await _read(connection, query)


async def failed_of_case(connection: AsyncConnection, case_id: UUID, charge: str) -> list[Delivery]:
    """What this agency has to tell by telephone, because it did not arrive."""
    query = _query().where(
        notification.c.case_id == case_id,
        visibility.looked_after_by(charge),
        delivery.c.state == DeliveryState.FAILED.value,
    )
    return await _read(connection, query.order_by(delivery.c.number))
