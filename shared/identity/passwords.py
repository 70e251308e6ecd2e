"""Passwords: Argon2id, a few at a time, and the same time for an account that is not there."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from shared.errors import InvalidInput

SHORTEST = 12
LONGEST = 128
#: Hashing takes much memory on purpose; more at once would let visitors exhaust the machine.
_AT_ONCE = 2
_hasher = PasswordHasher()
#: Compared when an account does not exist, so that the answer takes as long.
_NOBODY = _hasher.hash("nobody signs in with this")


def refuse_weak(password: str) -> None:
    """Raise InvalidInput for a password that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        detail = f"パスワードは{SHORTEST}文字以上{LONGEST}文字以内にしてください。"
        raise InvalidInput.field("password", code="bad-length", detail=detail)


def hash_password(password: str) -> str:
    """The Argon2id hash as it is stored."""
    return _hasher.hash(password)


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False


class PasswordCheck:
    """Checks passwords in threads, a limited number at once."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether this is the password; `stored` is None for an account that is not there."""
        async with self._turns:
            matched = await asyncio.to_thread(_matches, stored or _NOBODY, password)
        return matched and stored is not None
