"""How a part of a worker is doing, and how it rests; a worker is ready while no part is stuck."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

#: A part may be in trouble this long (a server restarts) before readiness fails.
PATIENCE = timedelta(seconds=10)
#: A part that says nothing at all for so long hangs, whatever it said last.
SILENCE = timedelta(seconds=45)


class Health:
    """One part: `trouble` is a short English reason, None while it works."""

    def __init__(self, name: str, clock: Callable[[], datetime]) -> None:
        self.name = name
        self.trouble: str | None = "not started"
        self._clock = clock
        self._since = self._heard = clock()

    def well(self) -> None:
        """The part works; it says so again and again."""
        self.trouble = None
        self._heard = self._clock()

    def ill(self, reason: str) -> None:
        """The part cannot work at present; the first moment is kept."""
        self._heard = self._clock()
        if self.trouble is None:
            self._since = self._heard
        self.trouble = reason

    def stuck(self) -> str | None:
        """Why it has been of no use for too long; None while it is of use."""
        now = self._clock()
        if self.trouble is not None and now - self._since > PATIENCE:
            return self.trouble
        return "silent" if now - self._heard > SILENCE else None


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Do nothing for so long, or until the worker stops.

    Parts end by this flag and never by cancellation, which could cut a transaction in two.
    """
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
