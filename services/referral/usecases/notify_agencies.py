"""Tell the agencies that an event concerns: once each, with a delivery for each channel."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.delivering import Channel
from services.referral.domain.holding import Standing
from services.referral.domain.notices import LINES, hearers, leg_of
from services.referral.storage import cases, channels, deliveries, news, notifications
from services.referral.storage.notifications import Notification
from shared.messaging.event import Event
from shared.plan import Plan


async def notify_agencies(
    connection: AsyncConnection, event: Event, case_id: UUID, plan: Plan, now: datetime
) -> list[Notification]:
    """Tell everybody of one event; what was told of it before is not told again."""
    standing = await cases.standing(connection, case_id)
    if standing is None:
        return []
    leg = leg_of(event.data, standing)
    leg_id = None if leg is None else leg.id
    acts = LINES[type(event.data)].acts
    actors = await news.who_did(connection, case_id, leg_id, acts, event.time) if acts else set()
    told = await notifications.add(
        connection,
        hearers(event.data, standing, actors, plan.coordinator),
        event_id=event.id,
        case_id=case_id,
        referral_id=leg_id,
        happened_at=event.time,
        now=now,
    )
    await deliveries.add(connection, await _deliveries(connection, told, standing, plan, now))
    return told


async def _deliveries(
    connection: AsyncConnection,
    told: Sequence[Notification],
    standing: Standing,
    plan: Plan,
    now: datetime,
) -> list[dict[str, Any]]:
    wanted = await channels.targets(connection, [one.agency for one in told]) if told else []
    rows = []
    for one in told:
        ways: list[tuple[str, str, datetime | None]] = [
            (channel, target, now) for agency, channel, target in wanted if agency == one.agency
        ]
        known = plan.agencies.get(one.agency)
        if known is not None and not known.terminal:
            ways.append((Channel.PAPER.value, one.agency, None))
        charge = _in_charge(one, standing)
        rows += [
            {
                "number": one.number,
                "channel": channel,
                "target": target,
                "charge": charge,
                "next_at": next_at,
            }
            for channel, target, next_at in ways
        ]
    return rows


def _in_charge(told: Notification, standing: Standing) -> str:
    """Who takes the telephone if it does not arrive: the sender, else the holder or the desk."""
    case = standing.case
    senders = [leg.sender for leg in standing.legs if leg.id == told.referral_id]
    near = [*senders, case.holder, case.desk]
    return next((agency for agency in near if agency != told.agency), told.agency)
