"""Notifications: told once for each event and recipient, and read by each account for itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.storage import visibility
from services.referral.storage.notice_tables import (
    notification,
    notification_mark,
    notification_read,
)

#: First half of the advisory lock's key, so that it meets no other lock of this database.
_NUMBERS_LOCK = 0x7458
_IN_TURN = text("SELECT pg_advisory_xact_lock(:lock, 0)")
#: What is older counts as read: a new account does not begin with the news of years.
FRESH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Notification:
    """What one agency was told. `referral_id` is None where the whole case is meant."""

    number: int
    agency: str
    kind: str
    case_id: UUID
    referral_id: UUID | None
    happened_at: datetime


_COLUMNS = [notification.c[name] for name in Notification.__dataclass_fields__]


async def add(
    connection: AsyncConnection,
    told: Mapping[str, str],
    *,
    event_id: UUID,
    case_id: UUID,
    referral_id: UUID | None,
    happened_at: datetime,
    now: datetime,
) -> list[Notification]:
    """Tell each agency its kind of notice; those who were told of this event before are left out.

    One transaction at a time gives numbers, until it ends: whoever has seen a number has seen
    every lower one, so that to go on behind the last one seen loses nothing.
    """
    if not told:
        return []
    await connection.execute(_IN_TURN, {"lock": _NUMBERS_LOCK})
    shared: dict[str, Any] = {
        "event_id": event_id,
        "case_id": case_id,
        "referral_id": referral_id,
        "happened_at": happened_at,
        "told_at": now,
    }
    rows = [{"agency": agency, "kind": kind, **shared} for agency, kind in told.items()]
    statement = (
        insert(notification)
        .values(rows)
        .on_conflict_do_nothing(constraint="notification_once")
        .returning(*_COLUMNS)
    )
    return [Notification(**row) for row in (await connection.execute(statement)).mappings()]


async def last_number(connection: AsyncConnection) -> int:
    """The newest number of all, 0 without one."""
    query = select(func.coalesce(func.max(notification.c.number), 0))
    return int((await connection.execute(query)).scalar_one())


async def after(
    connection: AsyncConnection, number: int, most: int, agency: str | None = None
) -> list[Notification]:
    """Up to `most` notifications with higher numbers, in order: of one agency, or of all."""
    query = select(*_COLUMNS).where(notification.c.number > number)
    if agency is not None:
        query = query.where(visibility.told_to(agency))
    query = query.order_by(notification.c.number).limit(most)
    return [Notification(**row) for row in (await connection.execute(query)).mappings()]


async def find(connection: AsyncConnection, agency: str, number: int) -> Notification | None:
    """One notification of this agency."""
    query = select(*_COLUMNS).where(notification.c.number == number, visibility.told_to(agency))
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else Notification(**row)


def _unread(account: UUID, now: datetime) -> ColumnElement[bool]:
    mark = select(notification_mark.c.upto).where(notification_mark.c.account == account)
    single = select(notification_read.c.number).where(
        notification_read.c.account == account,
        notification_read.c.number == notification.c.number,
    )
    return and_(
        notification.c.number > func.coalesce(mark.scalar_subquery(), 0),
        notification.c.told_at > now - FRESH,
        ~single.exists(),
    )


async def newest(
    connection: AsyncConnection,
    agency: str,
    account: UUID,
    now: datetime,
    *,
    before: int | None,
    limit: int,
) -> list[tuple[Notification, bool]]:
    """The newest of this agency, each with whether this account has yet to read it."""
    query: Select[Any] = select(*_COLUMNS, _unread(account, now).label("unread"))
    query = query.where(visibility.told_to(agency))
    if before is not None:
        query = query.where(notification.c.number < before)
    query = query.order_by(notification.c.number.desc()).limit(limit)
    found = []
    for row in (await connection.execute(query)).mappings():
        values = dict(row)
        unread = bool(values.pop("unread"))
        found.append((Notification(**values), unread))
    return found


async def standing_of(
    connection: AsyncConnection, agency: str, account: UUID, now: datetime
) -> tuple[int, int]:
    """How many this account has yet to read, and the agency's newest number."""
    unread = func.count().filter(_unread(account, now))
    newest_number = func.coalesce(func.max(notification.c.number), 0)
    query = select(unread, newest_number).where(visibility.told_to(agency))
    row = (await connection.execute(query)).one()
    return int(row[0]), int(row[1])


async def mark_read(
    connection: AsyncConnection,
    agency: str,
    account: UUID,
    now: datetime,
    *,
    number: int | None = None,
    case_id: UUID | None = None,
) -> None:
    """This account has read one notification, or all of a case."""
    which = or_(notification.c.number == number, notification.c.case_id == case_id)
    unread = select(notification.c.number).where(
        visibility.told_to(agency), which, _unread(account, now)
    )
    numbers = (await connection.execute(unread)).scalars().all()
    if numbers:
        rows = [{"account": account, "number": one} for one in numbers]
        await connection.execute(insert(notification_read).values(rows).on_conflict_do_nothing())


async def mark_all_read(connection: AsyncConnection, account: UUID, upto: int) -> None:
    """This account has read everything up to this number; a mark never goes back."""
    statement = insert(notification_mark).values(account=account, upto=upto)
    higher = func.greatest(notification_mark.c.upto, statement.excluded.upto)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[notification_mark.c.account], set_={"upto": higher}
        )
    )
