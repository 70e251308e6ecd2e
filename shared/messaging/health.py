"""How a part of a worker is doing, and how it rests; a worker is ready while no part is stuck."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

#: A part may be in trouble this long (a server restarts) before readiness fails.
PATIENCE = timedelta(seconds=10)


@dataclass(slots=True)
class Health:
    """One part: `trouble` is a short English reason, None while it works."""

    name: str
    trouble: str | None = "not started"
    since: datetime | None = None

    def well(self) -> None:
        """The part works."""
        self.trouble = self.since = None

    def ill(self, reason: str, now: datetime) -> None:
        """The part cannot work at present; the first moment is kept."""
        self.since = self.since or now
        self.trouble = reason

    def stuck(self, now: datetime) -> bool:
        """Whether it has been in trouble for too long."""
        return self.trouble is not None and (self.since is None or now - self.since > PATIENCE)


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Do nothing for so long, or until the worker stops.

    Parts end by this flag and never by cancellation, which could cut a transaction in two.
    """
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
