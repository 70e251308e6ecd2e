"""The stream of one partition: a cache of the log, whose entry ids are the log's positions."""

from collections.abc import Awaitable, Sequence
from importlib.resources import files
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import ResponseError

#: The one field of an entry; it holds the CloudEvents JSON.
FIELD = b"event"

_APPEND = files("shared.messaging").joinpath("append.lua").read_text(encoding="utf-8")


def stream_name(producer: str, partition: int) -> str:
    """The key of a partition's stream; the braces keep it on one slot of a Redis Cluster."""
    return f"ev:{{{producer}.{partition}}}"


def position_of(entry_id: bytes | str) -> int:
    """The position that an entry id such as `42-0` stands for."""
    text = entry_id.decode() if isinstance(entry_id, bytes) else entry_id
    return int(text.partition("-")[0])


class Stream:
    """One stream, read and written by positions."""

    def __init__(self, redis: Redis, name: str) -> None:
        self.redis = redis
        self.name = name
        self._append = redis.register_script(_APPEND)

    async def append(self, expected: int, events: Sequence[str]) -> int:
        """Append if the last position is `expected`; returns the last position afterwards."""
        answer = self._append(keys=[self.name], args=[expected, *events])
        return int(await cast("Awaitable[Any]", answer))

    async def last_position(self) -> int:
        """Where the stream ends; 0 when there is none."""
        try:
            info: dict[str, Any] = await self.redis.xinfo_stream(self.name)
        except ResponseError as error:
            if "no such key" in str(error).lower():
                return 0
            raise
        return position_of(info["last-generated-id"])

    async def delete(self) -> None:
        """Take the whole stream away; the relay fills it anew from the log."""
        await self.redis.delete(self.name)

    async def place_group(self, group: str, position: int) -> None:
        """Let the group read on after `position`, whatever it was told before.

        The database's cursor is the truth: a new group would start at the end, and a known one
        behind entries that somebody read and never applied.
        """
        try:
            await self.redis.xgroup_create(self.name, group, id=f"{position}-0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
            await self.redis.xgroup_setid(self.name, group, id=f"{position}-0")
        await self._forget_pending(group, position)

    async def _forget_pending(self, group: str, position: int) -> None:
        """Acknowledge what was applied and lost its acknowledgement."""
        while True:
            pending = await self.redis.xpending_range(
                self.name, group, min="-", max=f"{position}-0", count=1000
            )
            if not pending:
                return
            await self.acknowledge(group, [entry["message_id"] for entry in pending])

    async def acknowledge(self, group: str, entry_ids: Sequence[Any]) -> None:
        """Tell Redis that these entries are done."""
        await self.redis.xack(self.name, group, *entry_ids)

    async def pending(self, group: str) -> int | None:
        """How many entries the group has read and not acknowledged; None without the group."""
        try:
            summary = await self.redis.xpending(self.name, group)
        except ResponseError as error:
            if "NOGROUP" in str(error):
                return None
            raise
        return int(summary["pending"])
