"""Keep one database's trail: chain what waits, and sign where it stands once a day."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.audit.chaining import BATCH, chain, last_place
from shared.audit.checkpoints import Checkpoint, append, read, signing_key
from shared.database import SERVICE, transaction
from shared.japanese_time import japanese_day


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
        self._signed: date | None = None

    async def turn(self) -> bool:
        """Chain a batch; says whether more waits. The first turn of a day in Japan signs."""
        done = await chain(self.engine)
        now = self._clock()
        due = done < BATCH and self._signed != japanese_day(now)
        if due and self._safe is not None and await self._sign(self._safe, now):
            self._signed = japanese_day(now)
        return done == BATCH

    async def _sign(self, safe: Safe, now: datetime) -> bool:
        """Whether this day has its checkpoint now; an empty trail has nothing to sign."""
        kept = await asyncio.to_thread(read, safe.folder, self.database, safe.key.public_key())
        days = {japanese_day(line.checkpoint.at) for line in kept if line.checkpoint}
        if japanese_day(now) in days:
            return True
        async with transaction(self.engine, SERVICE) as connection:
            position, own = await last_place(connection)
        if not position:
            return False
        checkpoint = Checkpoint(self.database, position, own, now)
        await asyncio.to_thread(append, safe.folder, checkpoint, safe.key)
        return True
