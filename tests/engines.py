"""Engines that outlive a test: new pools for each would cost as much as what is tested.

Whoever disposes of one gives it back; its connections and compiled statements wait for the next
who makes one like it. The connections of other databases, and of other event loops, end as ever.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared import database


class _Kept(AsyncEngine):
    """An engine that goes back among the free ones when it is disposed of."""

    def __init__(self, made: AsyncEngine, free: list[AsyncEngine]) -> None:
        super().__init__(made.sync_engine)
        self._free = free

    async def dispose(self, close: bool = True) -> None:  # noqa: ARG002  as it is declared
        """Give it back; the end of the run closes its connections."""
        if self not in self._free:
            self._free.append(self)

    async def end(self) -> None:
        """Close its connections."""
        await super().dispose()


def _loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


@asynccontextmanager
async def kept_engines(addresses: Collection[str]) -> AsyncIterator[None]:
    """Inside the block the engines of these databases are kept, if made in this event loop."""
    loop = asyncio.get_running_loop()
    urls = {database.driver_url(one) for one in addresses if one.startswith("postgresql")}
    free: defaultdict[str, list[AsyncEngine]] = defaultdict(list)
    kept: list[_Kept] = []

    def make(url: str, **options: Any) -> AsyncEngine:
        if url not in urls or _loop() is not loop:
            return create_async_engine(url, **options)
        alike = free[f"{url} {sorted(options.items())}"]
        if not alike:
            kept.append(_Kept(create_async_engine(url, **options), alike))
            return kept[-1]
        return alike.pop()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_async_engine", make)
        try:
            yield
        finally:
            for engine in kept:
                await engine.end()
