"""The documents say the numbers and names that the code has."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import SecretStr

from shared.identity.password_rules import SHORTEST
from shared.identity.sessions import IDLE, LONGEST, Method
from shared.identity.sign_in_limits import _LIMITS, By
from shared.settings import Settings

_DOCS = Path(__file__).parents[2] / "docs"
_SECURITY = (_DOCS / "security.md").read_text(encoding="utf-8")
_ACCOUNTS = (_DOCS / "adr/0021-accounts.md").read_text(encoding="utf-8")
_OPERATIONS = (_DOCS / "operations.md").read_text(encoding="utf-8")


def test_the_limits_on_guessing_are_the_ones_that_are_written_down() -> None:
    pair, address, account = (_LIMITS[by] for by in (By.PAIR, By.ADDRESS, By.ACCOUNT))
    assert f"{pair.most} wrong ones by account and address in ten minutes" in _ACCOUNTS
    assert f"{address.most} by address in ten minutes" in _ACCOUNTS
    assert f"{account.most} by account in an hour" in _ACCOUNTS
    assert f"its own limit of {_LIMITS[By.DEVICE].most}" in _ACCOUNTS
    times = [limit.within.total_seconds() / 60 for limit in (pair, address, account)]
    assert times == [10, 10, 60]


def test_the_times_of_a_session_are_the_ones_that_are_written_down() -> None:
    idle, longest = int(IDLE.total_seconds() / 60), int(LONGEST.total_seconds() / 3600)
    assert f"end after {idle} minutes without use and after {longest} hours" in _ACCOUNTS
    assert f"{idle} minutes without use, {longest} hours at most" in _SECURITY
    assert f"at least {SHORTEST} letters" in _SECURITY


def test_every_way_in_is_written_down() -> None:
    told = {
        "password": "*Refused passwords*",
        "oidc": "*OpenID Connect*",
        "proxy": "*A login in a proxy's header*",
    }
    assert told.keys() == set(get_args(Method))
    assert [words for words in told.values() if f"\n{words}" not in _ACCOUNTS] == []


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_explained(name: str) -> None:
    assert f"`{name.upper()}`" in _OPERATIONS


def _secrets() -> set[str]:
    return {
        name.upper()
        for name, field in Settings.model_fields.items()
        if SecretStr in getattr(field.annotation, "__args__", (field.annotation,))
    }


def test_every_secret_stands_in_the_inventory() -> None:
    section = _SECURITY.partition("## Keys and secrets")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([A-Z_…]+)`", section))
    kinds = ("_DATABASE_URL", "_REDIS_URL")
    wanted = {
        next((f"…{kind}" for kind in kinds if name.endswith(kind)), name) for name in _secrets()
    }
    assert wanted <= named
