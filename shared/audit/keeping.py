"""Keep one database's trail: chain what waits, and sign soon where it stands."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.audit.chaining import BATCH, chain, last_place
from shared.audit.checkpoints import INTERVAL, Checkpoint, append, newest, signing_key
from shared.database import SERVICE, transaction


@dataclass(frozen=True, slots=True)
class Safe:
    """Where checkpoints are kept, and the key that signs them."""

    folder: Path
    key: Ed25519PrivateKey


def open_safe(folder: Path | None, secret: SecretStr | None) -> Safe | None:
    """The safe of these settings, None unless both are there. Raises BadKey."""
    if folder is None or secret is None:
        return None
    return Safe(folder, signing_key(secret.get_secret_value()))


class Keeper:
    """What a worker does with the trail of one database, a turn at a time."""

    def __init__(
        self,
        database: str,
        engine: AsyncEngine,
        safe: Safe | None,
        clock: Callable[[], datetime],
    ) -> None:
        self.database = database
        self.engine = engine
        self._safe = safe
        self._clock = clock
        #: Rows since the last checkpoint, as far as this process knows; a start looks for itself.
        self._came = 1
        self._next: datetime | None = None

    async def turn(self) -> bool:
        """Chain a batch; says whether more waits. Signs where rows came and it is time."""
        done = await chain(self.engine)
        self._came += done
        now = self._clock()
        due = self._next is None or now >= self._next or self._came >= BATCH
        if self._safe is not None and done < BATCH and self._came and due:
            signed = await self._sign(self._safe, now)
            self._came, self._next = 0, None if signed is None else signed + INTERVAL
        return done == BATCH

    async def _sign(self, safe: Safe, now: datetime) -> datetime | None:
        """When the newest checkpoint was made; None while an empty trail has nothing to sign."""
        async with transaction(self.engine, SERVICE) as connection:
            position, own = await last_place(connection)
        if not position:
            return None
        known = await asyncio.to_thread(newest, safe.folder, self.database, safe.key.public_key())
        if known is not None and (known.position, known.hash) == (position, own):
            return known.at
        checkpoint = Checkpoint(self.database, position, own, now)
        await asyncio.to_thread(append, safe.folder, checkpoint, safe.key)
        return now
