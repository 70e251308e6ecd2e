"""Passwords cannot be guessed, and nobody locks a colleague out: what counts, and how long."""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from uuid_utils.compat import uuid7

from shared.errors import TooMany
from shared.identity.tables import sign_in_attempt


class By(Enum):
    """What wrong passwords have in common."""

    PAIR = "one account from one address"
    RESERVE = "one account from one address, while the account's own limit is reached"
    ADDRESS = "one address, whatever the account"
    ACCOUNT = "one account, from wherever"
    DEVICE = "one account on a device that it has signed in on"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many wrong passwords in so much time; then each waits until the oldest is forgotten."""

    most: int
    within: timedelta


_LIMITS: Mapping[By, Limit] = {
    By.PAIR: Limit(10, timedelta(minutes=10)),
    By.RESERVE: Limit(5, timedelta(hours=1)),
    By.ADDRESS: Limit(100, timedelta(minutes=10)),
    By.ACCOUNT: Limit(50, timedelta(hours=1)),
    By.DEVICE: Limit(10, timedelta(minutes=10)),
}
#: A stranger meets three limits, and the account's only where its reserve is used up as well: an
#: address from which nobody guesses has tries of its own, however many guess from elsewhere. A
#: known device meets its own limit alone: what others try with this account, or from the address
#: of the whole office, does not keep its owner out.
STRANGER = (By.PAIR, By.RESERVE, By.ADDRESS, By.ACCOUNT)
KNOWN = (By.DEVICE,)
_REMEMBERED = max(limit.within for limit in _LIMITS.values())


def wait(tried: Mapping[By, Sequence[datetime]], now: datetime) -> timedelta:
    """How long to wait before the next try, zero if it may be made now.

    `tried` has the times of earlier wrong passwords, the newest first.
    """
    left = {by: _left(_LIMITS[by], times, now) for by, times in tried.items()}
    reserve = left.pop(By.RESERVE, None)
    if reserve is not None and By.ACCOUNT in left:
        left[By.ACCOUNT] = min(left[By.ACCOUNT], reserve)
    return max(left.values(), default=timedelta(0))


def _left(limit: Limit, times: Sequence[datetime], now: datetime) -> timedelta:
    if len(times) < limit.most:
        return timedelta(0)
    return max(timedelta(0), times[limit.most - 1] + limit.within - now)


def network_of(address: str) -> str:
    """The address as it is counted: of IPv6 the /64 that one household or machine has."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        return str(ip_network((known, 64), strict=False))
    return str(known)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries a password, from where; `device` is the hash of a known device's secret."""

    login: str
    address: str
    device: bytes | None


@asynccontextmanager
async def password_tried(
    engine: AsyncEngine, attempt: Attempt, now: datetime
) -> AsyncIterator[None]:
    """Around what tries a password. Raises TooMany, with `Retry-After`, after many wrong ones.

    A try counts before it is made and is taken back when the block ends well: neither many
    processes nor a hundred tries at once can hide one.
    """
    attempt_id = uuid7()
    login = hash_of_login(attempt.login)
    address = network_of(attempt.address)
    async with engine.begin() as connection:
        await _in_turn(connection, login.hex(), address)
        await connection.execute(
            delete(sign_in_attempt).where(sign_in_attempt.c.tried_at <= now - _REMEMBERED)
        )
        tried = await _tried(connection, login, address, attempt.device)
        left = wait(tried, now)
        if left > timedelta(0):
            raise _too_many(left)
        await connection.execute(
            insert(sign_in_attempt).values(
                id=attempt_id, login=login, address=address, device=attempt.device, tried_at=now
            )
        )
    yield
    async with engine.begin() as connection:
        await connection.execute(delete(sign_in_attempt).where(sign_in_attempt.c.id == attempt_id))


async def forget_attempts(connection: AsyncConnection, login: str) -> None:
    """Begin to count anew for this account: its password is another one."""
    await connection.execute(
        delete(sign_in_attempt).where(sign_in_attempt.c.login == hash_of_login(login))
    )


def hash_of_login(login: str) -> bytes:
    """How a typed login is kept: it may be a password in the wrong field."""
    return hashlib.sha256(login.encode()).digest()


async def _in_turn(connection: AsyncConnection, login: str, address: str) -> None:
    """One try of an account or address after another; always in this order, so none is stuck."""
    for key in (f"sign-in login {login}", f"sign-in address {address}"):
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


async def _tried(
    connection: AsyncConnection, login: bytes, address: str, device: bytes | None
) -> dict[By, list[datetime]]:
    table = sign_in_attempt.c
    pair = (table.login == login) & (table.address == address) & table.device.is_(None)
    of = {
        By.PAIR: pair,
        By.RESERVE: pair,
        By.ADDRESS: (table.address == address) & table.device.is_(None),
        By.ACCOUNT: (table.login == login) & table.device.is_(None),
        By.DEVICE: (table.login == login) & (table.device == device),
    }
    found = {}
    for by in STRANGER if device is None else KNOWN:
        query = select(table.tried_at).where(of[by]).order_by(table.tried_at.desc())
        found[by] = list((await connection.execute(query.limit(_LIMITS[by].most))).scalars())
    return found


def _too_many(left: timedelta) -> TooMany:
    seconds = max(1, int(left.total_seconds()) + 1)
    minutes = -(-seconds // 60)
    return TooMany(
        "too-many-attempts",
        f"パスワードのまちがいが続きました。{minutes}分ほど待ってから、もう一度お試しください。",
        headers={"Retry-After": str(seconds)},
    )
