"""Engines that outlive a test: new pools for each would cost as much as what is tested.

Whoever disposes of one gives it back; its connections and compiled statements stay for the next.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared import database

#: Replicas share a pool here, which in a city each have one of their own.
_ROOM = 4


class _Kept(AsyncEngine):
    async def dispose(self, close: bool = True) -> None:
        """Nothing: the run ends it."""


@asynccontextmanager
async def kept_engines() -> AsyncIterator[None]:
    """Inside the block every engine made in this event loop is kept until its end."""
    loop = asyncio.get_running_loop()
    known: dict[str, AsyncEngine] = {}

    def make(url: str, **options: Any) -> AsyncEngine:
        try:
            here = asyncio.get_running_loop() is loop
        except RuntimeError:
            here = False
        if not here:
            return create_async_engine(url, **options)
        key = f"{url} {sorted(options.items())}"
        if key not in known:
            options["pool_size"] *= _ROOM
            known[key] = _Kept(create_async_engine(url, **options).sync_engine)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_async_engine", make)
        try:
            yield
        finally:
            for engine in known.values():
                await AsyncEngine.dispose(engine)
