"""What an account has yet to read, and what it does when it reads it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.counterpart import Counterpart, counterpart
from services.referral.domain.notices import WORDS
from services.referral.domain.sight import is_party
from services.referral.storage import cases, news, notifications
from services.referral.storage.notifications import Notification
from shared.errors import NotFound
from shared.identity.principal import Principal
from shared.japanese_time import japanese_day
from shared.plan import Plan

#: So many stand on one page.
PAGE = 50


@dataclass(frozen=True, slots=True)
class News:
    """How many notifications are unread, and the number of the newest one."""

    unread: int
    last: int


@dataclass(frozen=True, slots=True)
class ShownNotification:
    """A notification in words, and whether this account has yet to read it.

    `other` is for the page alone: what leaves the house says the words and nothing else.
    """

    told: Notification
    words: str
    unread: bool
    other: Counterpart | None


def words_of(kind: str) -> str:
    """What a notification says; of a kind that a former version knew, only that there is one."""
    return WORDS.get(kind, "お知らせがあります。")


async def count_news(connection: AsyncConnection, principal: Principal, now: datetime) -> News:
    """Where this account stands."""
    agency = principal.agency or ""
    return News(*await notifications.standing_of(connection, agency, principal.key, now))


async def list_notifications(
    connection: AsyncConnection, principal: Principal, plan: Plan, now: datetime, before: int | None
) -> list[ShownNotification]:
    """A page of notifications, the newest first, each with the agency that it is about."""
    agency, today = principal.agency or "", japanese_day(now)
    found = await notifications.newest(
        connection, agency, principal.key, now, before=before, limit=PAGE
    )
    standings = await news.standings(connection, {told.case_id for told, _ in found})
    near = {one.case.id: one for one in standings}

    def other(told: Notification) -> Counterpart | None:
        standing = near.get(told.case_id)
        if standing is None:
            return None
        return counterpart(agency, standing, told.referral_id, plan, today)

    return [
        ShownNotification(told, words_of(told.kind), unread, other(told)) for told, unread in found
    ]


async def open_notification(
    connection: AsyncConnection, principal: Principal, number: int, plan: Plan, now: datetime
) -> UUID | None:
    """Read one: the case that it leads to, None where the agency is no longer a party to it.

    Raises NotFound for a number that is not this agency's.
    """
    agency = principal.agency or ""
    told = await notifications.find(connection, agency, number)
    if told is None:
        raise NotFound("notification-not-found", "このお知らせは見つかりませんでした。")
    await notifications.mark_read(connection, agency, principal.key, now, number=number)
    standing = await cases.standing(connection, told.case_id)
    if standing is None or not is_party(agency, standing.case, standing.legs, plan.coordinator):
        return None
    return told.case_id


async def read_case_news(
    connection: AsyncConnection, principal: Principal, case_id: UUID, now: datetime
) -> News:
    """Whoever opens a case has read what was told of it."""
    agency = principal.agency or ""
    await notifications.mark_read(connection, agency, principal.key, now, case_id=case_id)
    return await count_news(connection, principal, now)


async def read_everything(connection: AsyncConnection, principal: Principal, upto: int) -> None:
    """Read all up to the newest one that the page showed."""
    await notifications.mark_all_read(connection, principal.key, upto)
