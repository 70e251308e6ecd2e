"""How passwords are kept: slowly hashed, whole, and as they were typed."""

import secrets
import string

import anyio
import pytest
from argon2 import Type, extract_parameters

from shared.identity.password_rules import LONGEST
from shared.identity.passwords import PasswordCheck, hash_password, new_password


def _matches(stored: str, password: str) -> bool:
    return anyio.run(PasswordCheck().matches, stored, password)


def test_the_hash_costs_at_least_what_owasp_asks() -> None:
    used = extract_parameters(hash_password("three words of mine"))
    assert used.type is Type.ID
    assert used.memory_cost >= 19 * 1024
    assert used.time_cost >= 2
    assert used.salt_len >= 16
    assert used.hash_len >= 32


def test_the_same_password_is_kept_differently_each_time() -> None:
    assert hash_password("three words of mine") != hash_password("three words of mine")


@pytest.mark.parametrize(
    "change", [str.upper, str.strip, lambda one: one[:-1], lambda one: one * 2]
)
def test_every_letter_counts_to_the_longest(change: object) -> None:
    letters = string.ascii_lowercase + string.digits
    password = " " + "".join(secrets.choice(letters) for _ in range(LONGEST - 2)) + "x"
    stored = hash_password(password)
    assert _matches(stored, password)
    assert not _matches(stored, change(password))  # type: ignore[operator]


def test_first_passwords_are_drawn_anew() -> None:
    drawn = {new_password() for _ in range(200)}
    assert len(drawn) == 200
    assert all(len(one.replace("-", "")) == 20 for one in drawn)
