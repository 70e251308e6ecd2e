"""Passwords: Argon2id, a few at a time, and the same work for an account that is not there."""

import asyncio
import secrets
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from shared.identity.password_rules import plain

#: Hashing takes much memory on purpose; more at once would let visitors exhaust the machine.
_AT_ONCE = 2
_hasher = PasswordHasher()

Result = TypeVar("Result")


def hash_password(password: str) -> str:
    """The Argon2id hash as it is stored."""
    return _hasher.hash(plain(password))


def new_password() -> str:
    """A first password: 96 random bits in letters that are not mistaken for each other."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


class PasswordCheck:
    """Checks and hashes passwords in threads, a limited number at once."""

    def __init__(self, hasher: PasswordHasher = _hasher) -> None:
        self._hasher = hasher
        self._turns = asyncio.Semaphore(_AT_ONCE)
        #: Compared when an account does not exist, so that the answer takes the same work.
        self._nobody = hasher.hash(secrets.token_urlsafe(32))

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether this is the password; `stored` is None for an account that has none."""
        matched = await self._in_turn(lambda: self._verify(stored or self._nobody, password))
        return matched and stored is not None

    async def hash(self, password: str) -> str:
        """The hash of a new password."""
        return await self._in_turn(lambda: self._hasher.hash(plain(password)))

    async def _in_turn(self, work: Callable[[], Result]) -> Result:
        async with self._turns:
            return await asyncio.to_thread(work)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, plain(password))
        except (Argon2Error, InvalidHashError):
            return False
