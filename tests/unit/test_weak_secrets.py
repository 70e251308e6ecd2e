"""Promise: a secret of a few words is refused, and one that was made at random never is."""

import random
from base64 import b64encode, urlsafe_b64encode

import pytest

from deploy.weighing.shortcoming import is_weak

_MANY = 150


@pytest.mark.parametrize(
    "secret",
    [
        "correct horse battery staple",
        "correct-horse-battery-staple",
        "CorrectHorseBatteryStaple",
        "CORRECT_HORSE_BATTERY_STAPLE",
        "Correct.Horse.Battery.Staple.2026",
        "tsunagi-welfare-city-secret-2026",
        "asaka-welfare-city-keys-2026",
        "welfare consultation database 20260401",
        "horse horse staple staple horse staple battery",
    ],
)
def test_a_few_words_are_refused(secret: str) -> None:
    assert is_weak(secret)


@pytest.mark.parametrize(
    "secret",
    [
        "unripe.outbid.gravel.mocha.fifteen.tulip",
        "kqzvxnwpltrjhgbdmwyc",
        "おおきな くじらが とおくの うみで ねむる",
        "f3b1c09d-e7a2-4c58-9be0-d7136ac84f52",
    ],
)
def test_many_words_and_what_is_no_word_are_taken(secret: str) -> None:
    assert not is_weak(secret)


def test_what_is_made_at_random_is_never_refused() -> None:
    """As `openssl rand -hex 32`, `openssl rand -base64 32` and `token_urlsafe(32)` write it."""
    drawn = random.Random(32)
    for _ in range(_MANY):
        made = drawn.randbytes(32)
        urlsafe = urlsafe_b64encode(made).rstrip(b"=")
        for secret in (made.hex(), b64encode(made).decode(), urlsafe.decode()):
            assert not is_weak(secret), secret
