"""Wrong passwords are held back, and the account's owner is let in all the same."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.database import make_engine
from shared.errors import NotSignedIn, TooMany
from shared.identity.accounts import account_of, reset_password
from shared.identity.passwords import PasswordCheck
from shared.identity.sign_in import Opened, sign_in
from shared.identity.tables import account
from shared.identity.visitor import Visitor
from tests.people import PASSWORD, add_accounts
from tests.world import World

pytestmark = pytest.mark.anyio

_NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
#: What is counted here are guesses; what a guess costs is looked at elsewhere.
_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

Try = Callable[..., Awaitable[Opened | str]]


@pytest.fixture
async def identity(quiet_world: World) -> AsyncIterator[AsyncEngine]:
    """The accounts, in a database of their own."""
    await add_accounts(quiet_world.settings)
    engine = make_engine(quiet_world.settings.database_url("identity"), pool_size=8)
    async with engine.begin() as connection:
        await connection.execute(update(account).values(password_hash=_QUICK.hash(PASSWORD)))
    yield engine
    await engine.dispose()


@pytest.fixture
def attempt(identity: AsyncEngine) -> Try:
    """Try to sign in; what came of it."""
    check = PasswordCheck(_QUICK)

    async def tried(
        password: str,
        *,
        address: str = "192.0.2.1",
        login: str = "manager",
        device: str = "",
        now: datetime = _NOW,
    ) -> Opened | str:
        visitor = Visitor(address, "Firefox", device=device)
        try:
            return await sign_in(
                identity, check, login=login, password=password, visitor=visitor, now=now
            )
        except NotSignedIn:
            return "wrong"
        except TooMany as held:
            return f"wait {held.headers['Retry-After']}"

    return tried


async def test_one_address_waits_and_another_does_not(attempt: Try) -> None:
    for _ in range(10):
        assert await attempt("guess") == "wrong"
    assert await attempt(PASSWORD) == "wait 601"
    assert isinstance(await attempt(PASSWORD, address="192.0.2.2"), Opened)
    assert isinstance(await attempt(PASSWORD, login="counter"), Opened)
    assert await attempt(PASSWORD, now=_NOW + 9 * _MINUTE) == "wait 61"
    assert isinstance(await attempt(PASSWORD, now=_NOW + 10 * _MINUTE), Opened)


async def test_waiting_in_vain_does_not_make_it_longer(attempt: Try) -> None:
    for _ in range(10):
        await attempt("guess")
    for minute in range(1, 10):
        assert str(await attempt("guess", now=_NOW + minute * _MINUTE)).startswith("wait")
    assert isinstance(await attempt(PASSWORD, now=_NOW + 10 * _MINUTE), Opened)


async def test_guesses_from_many_addresses_are_held_back_and_the_owner_comes_in(
    attempt: Try,
) -> None:
    opened = await attempt(PASSWORD)
    assert isinstance(opened, Opened)
    for guess in range(50):
        assert await attempt("guess", address=f"198.51.100.{guess // 5}") == "wrong"
    for number in range(10):
        assert await attempt("guess", address=f"198.51.100.{number}") == "wait 3601"
    assert isinstance(await attempt(PASSWORD, address="203.0.113.1"), Opened)
    known = await attempt(PASSWORD, address="198.51.100.1", device=opened.device)
    assert isinstance(known, Opened)
    assert known.device == opened.device
    later = await attempt(PASSWORD, address="198.51.100.1", now=_NOW + 60 * _MINUTE)
    assert isinstance(later, Opened)


async def test_one_address_that_guesses_for_an_hour_keeps_nobody_else_out(attempt: Try) -> None:
    for tens in range(5):
        for _ in range(10):
            assert await attempt("guess", now=_NOW + tens * 10 * _MINUTE) == "wrong"
    now = _NOW + 50 * _MINUTE
    assert await attempt("guess", now=now) == "wait 601"
    assert isinstance(await attempt(PASSWORD, address="203.0.113.1", now=now), Opened)


@pytest.mark.parametrize("login", ["manager", "nobody"])
async def test_an_attacked_account_has_five_tries_from_each_other_address(
    attempt: Try, login: str
) -> None:
    for number in range(50):
        assert await attempt("guess", login=login, address=f"198.51.100.{number}") == "wrong"
    for household in ("2001:db8:0:1", "2001:db8:0:2"):
        for number in range(5):
            assert await attempt("slip", login=login, address=f"{household}::{number}") == "wrong"
        held = await attempt(PASSWORD, login=login, address=f"{household}::9")
        assert held == "wait 3601"
    assert await attempt("guess", login=login, address="198.51.100.1") == "wrong"


async def test_one_address_tries_many_accounts_and_known_devices_there_go_on(
    attempt: Try,
) -> None:
    opened = await attempt(PASSWORD)
    assert isinstance(opened, Opened)
    for number in range(100):
        assert await attempt("guess", login=f"nobody{number}") == "wrong"
    assert await attempt(PASSWORD) == "wait 601"
    assert isinstance(await attempt(PASSWORD, device=opened.device), Opened)


async def test_a_known_device_is_no_key_to_other_accounts_and_guesses_no_more(
    attempt: Try,
) -> None:
    opened = await attempt(PASSWORD)
    assert isinstance(opened, Opened)
    for _ in range(10):
        assert await attempt("guess", login="counter", device=opened.device) == "wrong"
    assert await attempt(PASSWORD, login="counter", device=opened.device) == "wait 601"
    for _ in range(10):
        assert await attempt("guess", device=opened.device) == "wrong"
    assert await attempt(PASSWORD, device=opened.device) == "wait 601"


async def test_colleagues_share_a_device_and_it_is_known_for_each(attempt: Try) -> None:
    first = await attempt(PASSWORD)
    assert isinstance(first, Opened)
    second = await attempt(PASSWORD, login="counter", device=first.device)
    assert isinstance(second, Opened)
    assert second.device == first.device
    stranger = await attempt(PASSWORD, device="chosen-by-somebody-else")
    assert isinstance(stranger, Opened)
    assert stranger.device != "chosen-by-somebody-else"


async def test_guesses_made_at_once_are_counted_one_by_one(attempt: Try) -> None:
    tried = await asyncio.gather(*(attempt("guess") for _ in range(25)))
    assert sorted(map(str, tried)).count("wrong") == 10


async def test_a_new_first_password_begins_the_count_anew(
    identity: AsyncEngine, attempt: Try
) -> None:
    for _ in range(10):
        await attempt("guess")
    async with identity.begin() as connection:
        account_id = await account_of(connection, "manager")
        _, password = await reset_password(connection, account_id)
    assert isinstance(await attempt(password), Opened)


async def test_the_page_says_how_long_and_also_where_a_password_is_changed(
    quiet_world: World,
) -> None:
    await add_accounts(quiet_world.settings)
    client = quiet_world.client
    right = {"login": "manager", "password": PASSWORD}
    assert (await client.post("/sign-in", data=right)).status_code == 303
    change = {"password": "guess", "new_password": "kasa-wasureta-eki", "again": ""}
    for _ in range(10):
        refused = await client.post("/account/password", data=change | {"again": "x"})
        assert refused.status_code == 422
    held = await client.post("/account/password", data=change | {"again": "x"})
    assert (held.status_code, 0 < int(held.headers["retry-after"]) <= 601) == (429, True)
    held = await client.post("/sign-in", data=right)
    assert held.status_code == 429
    assert "分ほど待ってから" in held.text
    assert 0 < int(held.headers["retry-after"]) <= 601
