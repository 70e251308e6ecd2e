"""Follow the news live: one look at the database for all who listen in this process."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from services.referral.domain.sight import is_party
from services.referral.storage import news, notifications
from services.referral.storage.news import Moved
from services.referral.storage.notifications import Notification
from services.referral.usecases.read_notifications import News, count_news
from shared.database import SERVICE, Acts, is_transient, transaction
from shared.identity.acts import acts_of_principal
from shared.identity.principal import Principal
from shared.messaging.health import rest
from shared.plan import Plan

log = structlog.get_logger()
Found = TypeVar("Found")

#: Seconds between looks while somebody listens.
PAUSE = 0.3
#: Rows of one look; more follow at once.
MOST = 500
#: So many unread items end a listener that does not keep up; it comes back and goes on.
BUFFER = 1000
#: Acts commit in another order than their numbers': so far back each look looks again.
LATE = 100


@dataclass(frozen=True, slots=True)
class Stir:
    """Something was done on a case: whoever looks at it may want to look again.

    Who is no party to the case, or not any more, is told to look again, not at which case.
    """

    case_id: UUID | None


class Ended(Exception):
    """Nothing more will come; whoever listened may come back."""


class Listener:
    """One who listens for an agency."""

    def __init__(self, agency: str) -> None:
        self.agency = agency
        self._items: asyncio.Queue[Notification | Stir | None] = asyncio.Queue(BUFFER)
        self._ended = False

    def give(self, item: Notification | Stir) -> None:
        """Put an item before the listener; one that does not keep up ends."""
        if self._items.full():
            self.end()
        if not self._ended:
            self._items.put_nowait(item)

    def end(self) -> None:
        """Give nothing more."""
        self._ended = True
        if not self._items.full():
            self._items.put_nowait(None)

    async def next(self, seconds: float) -> Notification | Stir | None:
        """The next item, None when none came in so many seconds. Raises Ended."""
        if self._ended:
            raise Ended
        try:
            item = await asyncio.wait_for(self._items.get(), seconds)
        except TimeoutError:
            return None
        if item is None:
            raise Ended
        return item


class Trail:
    """Which numbers are news: what was there before, and what was seen already, is none."""

    def __init__(self, last: int) -> None:
        self.last = self._first = last
        self._seen: set[int] = set()

    def fresh(self, found: list[Moved]) -> list[Moved]:
        """Those of them that were not there the last time."""
        return [one for one in found if one.number > self._first and one.number not in self._seen]

    def follow(self, new: list[Moved]) -> None:
        """Go on behind them."""
        self._seen.update(one.number for one in new)
        self.last = max([self.last, *self._seen])
        self._seen = {number for number in self._seen if number > self.last - LATE}


class Feed:
    """Gives news to the listeners of one process. It looks only while somebody listens."""

    def __init__(self, engine: AsyncEngine, plan: Plan, ending: asyncio.Event) -> None:
        self._engine = engine
        self._plan = plan
        self._ending = ending
        self._listeners: set[Listener] = set()
        self._starting = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None
        self._under_way: set[asyncio.Task[Any]] = set()
        self._number = 0
        self._acts_seen = self._stirs_seen = Trail(0)

    @asynccontextmanager
    async def listen(self, agency: str) -> AsyncIterator[Listener]:
        """Everything that comes from now on. What came before, the caller reads for itself."""
        listener = Listener(agency)
        async with self._starting:
            if self._looking is None:
                await self._begin()
                self._looking = self._begun(self._look_on())
            self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def missed(self, principal: Principal, number: int) -> AsyncIterator[Notification]:
        """What this agency was told behind this number, until now."""
        while True:
            told = await self._to_its_end(self._after(principal, number))
            for one in told:
                yield one
            if len(told) < MOST:
                return
            number = told[-1].number

    async def count(self, principal: Principal, now: datetime) -> News:
        """How much this account has yet to read, and its agency's newest number."""
        return await self._to_its_end(self._count(principal, now))

    async def finish(self) -> None:
        """Wait for every look that has begun: each holds a connection. The process is ending."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _begun(self, look: Coroutine[Any, Any, Found]) -> asyncio.Task[Found]:
        task = asyncio.create_task(look)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def _to_its_end(self, look: Coroutine[Any, Any, Found]) -> Found:
        """Whoever listens may leave at any moment; the look goes on and gives its connection
        back to the pool."""
        return await asyncio.shield(self._begun(look))

    async def _after(self, principal: Principal, number: int) -> list[Notification]:
        async with transaction(self._engine, self._acts(principal)) as connection:
            return await notifications.after(connection, number, MOST, principal.agency)

    async def _count(self, principal: Principal, now: datetime) -> News:
        async with transaction(self._engine, self._acts(principal)) as connection:
            return await count_news(connection, principal, now)

    def _acts(self, principal: Principal) -> Acts:
        return acts_of_principal(principal, self._plan)

    async def _begin(self) -> None:
        async with transaction(self._engine, SERVICE) as connection:
            self._number = await notifications.last_number(connection)
            self._acts_seen = Trail(await news.last_act(connection))
            self._stirs_seen = Trail(await news.last_stir(connection))

    async def _look_on(self) -> None:
        away = False
        while not self._ending.is_set():
            await rest(self._ending, PAUSE)
            if not self._listeners:
                break
            try:
                await self._look()
                away = False
            except Exception as error:  # noqa: BLE001  the feed must outlive every fault
                if not away:
                    level = log.warning if is_transient(error) else log.error
                    level("feed_waits", error=type(error).__name__)
                away = True
        self._looking = None
        if self._ending.is_set():
            for listener in self._listeners:
                listener.end()

    async def _look(self) -> None:
        async with transaction(self._engine, SERVICE) as connection:
            told = await notifications.after(connection, self._number, MOST)
            found = await news.acts_after(connection, self._acts_seen.last - LATE, MOST)
            acts = self._acts_seen.fresh(found)
            found = await news.stirs_after(connection, self._stirs_seen.last - LATE, MOST)
            stirs = self._stirs_seen.fresh(found)
            by, near = _agencies(acts), _agencies(stirs)
            cases = by.keys() | near.keys()
            stirred = await news.standings(connection, cases) if cases else []
        for one in told:
            self._number = one.number
            self._give(one, {one.agency})
        coordinator = self._plan.coordinator
        for standing in stirred:
            # Whoever gave a case back, or lost it, looks once more and sees that it is gone.
            case_id = standing.case.id
            parties = by.get(case_id, set()) | {
                listener.agency
                for listener in self._listeners
                if is_party(listener.agency, standing.case, standing.legs, coordinator)
            }
            self._give(Stir(case_id), parties)
            self._give(Stir(None), near.get(case_id, set()) - parties)
        self._acts_seen.follow(acts)
        self._stirs_seen.follow(stirs)

    def _give(self, item: Notification | Stir, agencies: set[str]) -> None:
        for listener in self._listeners:
            if listener.agency in agencies:
                listener.give(item)


def _agencies(moved: list[Moved]) -> dict[UUID, set[str]]:
    """Whom it concerns, by case."""
    found: dict[UUID, set[str]] = {}
    for one in moved:
        found.setdefault(one.case_id, set()).update(one.agencies)
    return found


async def forget_stirs(engine: AsyncEngine, now: datetime) -> None:
    """Forget what moved so long ago that every page has looked again."""
    async with transaction(engine, SERVICE) as connection:
        await news.forget_stirs(connection, now)
