"""The live stream of one listener: what was missed first, then what comes, until it ends."""

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from services.referral.storage.notifications import Notification
from services.referral.usecases.follow_news import Ended, Feed, Listener, Stir
from services.referral.usecases.read_notifications import words_of
from shared.database import is_transient
from shared.identity.principal import Principal
from shared.web.access import identify
from shared.web.requests import moment

#: Seconds of silence before another look at whether the session or token still holds; a comment
#: then says that the line is open.
PAUSE = 5.0
#: Milliseconds before a listener whose line broke comes back.
RETRY = 1000


async def stream(
    request: Request, principal: Principal, behind: int | None
) -> AsyncIterator[bytes]:
    """Everything with a number above `behind`, without a gap; None begins with what comes now.

    It ends when the process does, when the session or token does, and when the listener does
    not keep up or the database is away: whoever comes back with the last id loses nothing.
    Nothing is handed over before a look at whether the session or token still holds.
    """
    feed: Feed = request.app.state.feed
    try:
        async with feed.listen(principal.agency or "") as listener:
            news = await feed.count(principal, await moment())
            last = news.last if behind is None else behind
            yield _event("unread", {"unread": news.unread}, number=last, retry=RETRY)
            async for told in feed.missed(principal, last):
                await _still_there(request, principal)
                last = told.number
                yield _told(told, news.unread)
            async for chunk in _live(request, principal, feed, listener, last):
                yield chunk
    except Ended:
        return
    except Exception as error:
        if not is_transient(error):
            raise


async def _live(
    request: Request, principal: Principal, feed: Feed, listener: Listener, last: int
) -> AsyncIterator[bytes]:
    while True:
        item = await listener.next(PAUSE)
        if isinstance(item, Notification):
            if item.number <= last:
                continue
            last = item.number
            news = await feed.count(principal, await moment())
            chunk = _told(item, news.unread)
        elif isinstance(item, Stir):
            case_id = None if item.case_id is None else str(item.case_id)
            chunk = _event("stir", {"case_id": case_id})
        else:
            chunk = KEEPALIVE_COMMENT
        await _still_there(request, principal)
        yield chunk


async def _still_there(request: Request, principal: Principal) -> None:
    """Raises Ended when the session or token ended, or is somebody else's by now."""
    if await identify(request) != principal:
        raise Ended


def _told(told: Notification, unread: int) -> bytes:
    data = {
        "number": told.number,
        "kind": told.kind,
        "words": words_of(told.kind),
        "case_id": str(told.case_id),
        "referral_id": None if told.referral_id is None else str(told.referral_id),
        "happened_at": told.happened_at.isoformat(),
        "link": f"/referral/notifications/{told.number}",
        "unread": unread,
    }
    return _event("notification", data, number=told.number)


def _event(
    name: str, data: dict[str, Any], *, number: int | None = None, retry: int | None = None
) -> bytes:
    return format_sse_event(
        event=name,
        data_str=json.dumps(data, ensure_ascii=False),
        id=None if number is None else str(number),
        retry=retry,
    )
