"""Accounts for the tests that sign in as people do."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

from shared.database import make_engine
from shared.identity.accounts import create_account
from shared.identity.principal import Role
from shared.settings import Settings, load_settings

PASSWORD = "tests-sign-in-with-this"


async def add_accounts(settings: Settings, *agencies: str) -> None:
    """A counter account for 地域共生社会課, one for each agency (login is its id), a manager."""
    people = [("counter", Role.COUNTER, "chiiki-kyosei"), ("manager", Role.MANAGER, None)]
    people += [(agency, Role.AGENCY, agency) for agency in agencies]
    engine = make_engine(settings.database_url("identity"), pool_size=1)
    async with engine.begin() as connection:
        for login, role, agency in people:
            await create_account(
                connection,
                login=login,
                name="担当",
                role=role,
                agency=agency,
                password=PASSWORD,
                now=datetime.now(UTC),
                must_change=False,
            )
    await engine.dispose()


def make_accounts(environment: Mapping[str, str], *agencies: str) -> None:
    """The same, where no event loop runs."""
    asyncio.run(add_accounts(load_settings(environment), *agencies))
