"""A password stays good for as long as nobody changes it."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.database import make_engine
from shared.identity.gate import Gate
from shared.identity.passwords import PasswordCheck
from shared.identity.sign_in import sign_in
from shared.identity.visitor import Visitor
from tests.people import PASSWORD, add_accounts
from tests.world import World

pytestmark = pytest.mark.anyio


async def test_a_password_does_not_run_out(quiet_world: World) -> None:
    await add_accounts(quiet_world.settings)
    engine = make_engine(quiet_world.settings.database_url("identity"), pool_size=1)
    much_later = datetime.now(UTC) + timedelta(days=3650)
    opened = await sign_in(
        engine,
        PasswordCheck(),
        login="manager",
        password=PASSWORD,
        visitor=Visitor("192.0.2.1", "Firefox"),
        now=much_later,
    )
    assert await Gate(engine).by_session(opened.session, much_later) is not None
    await engine.dispose()
