"""Passwords that everybody tries first are refused; what somebody thought of is not."""

import random
import secrets
from pathlib import Path

import pytest

from shared.errors import InvalidInput
from shared.identity import password_rules
from shared.identity.password_rules import LONGEST, MOST_GUESSED, SHORTEST, choices, refuse_weak
from shared.identity.passwords import new_password


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd2026!",
        "ｐａｓｓｗｏｒｄ１２３４",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "123456789012",
        "aaaaaaaaaaaaaaaa",
        "sakurasakura",
        "Sakura-Hanabi-2026",
        "shiyakusho!!2026",
        "asakashi20260401",
        "tsunagi20261",
        "iloveyou-2026",
        "Reiwa8Reiwa8Reiwa8",
        "さくらさくらさくらさくら",
        "correctcorrect",
        "Kv7#pXq-Kv7#pXq",
        "ilovehanako1",
        "Welcome2Tokyo",
        "kyounohatenki",
        "sakura-no-hana",
    ],
)
def test_what_everybody_tries_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        refuse_weak(password)
    assert refused.value.errors[0].code == "common-password"


@pytest.mark.parametrize("password", ["madoguchi3-2026", "M4doguchi3!M4doguchi3", "csw-madoguchi3"])
def test_the_login_and_the_agency_are_no_password(password: str) -> None:
    with pytest.raises(InvalidInput):
        refuse_weak(password, "madoguchi3", "csw")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "にほんのさくらがきれいですね",
        "kasa wasureta eki-mae",
        "tests-sign-in-with-this",
        "482915730264",
        "only small letters here",
        "neko to umi no tokei",
        "welcome2tokyo7horse",
        "Kv7#pXqZ2wRm-Kv7#pXqZ2wRm",
    ],
)
def test_whatever_somebody_thought_of_is_taken_without_rules_on_its_letters(password: str) -> None:
    refuse_weak(password, "counter", "csw")


def test_thousands_of_common_ones_are_refused() -> None:
    source = Path(password_rules.__file__).with_name("common_words.txt").read_text("utf-8")
    words = [
        word for line in source.splitlines() if not line.startswith("#") for word in line.split()
    ]
    assert len(words) > 800
    ends = ["2026", "1234", "!2026", "20260401", "@1234"]
    tried = [f"{word.capitalize()}{end}" for word in words for end in ends]
    tried += [f"{word}{word}{word}{word}{word}{word}" for word in words]
    long = [one for one in tried if SHORTEST <= len(one) <= LONGEST]
    assert len(long) > 2000
    assert [one for one in long if choices(one) > MOST_GUESSED] == []


def test_made_ones_are_never_refused() -> None:
    for _ in range(500):
        refuse_weak(new_password(), "counter", "csw")
        refuse_weak(secrets.token_urlsafe(12), "counter", "csw")


def test_length_is_counted_in_letters_as_they_are_compared() -> None:
    rng = random.Random(7)
    letters = [chr(rng.randrange(0x3041, 0x3090)) for _ in range(LONGEST + 1)]
    refuse_weak("".join(letters[:SHORTEST]))
    refuse_weak("".join(letters[:LONGEST]))
    for length in (SHORTEST - 1, LONGEST + 1):
        with pytest.raises(InvalidInput) as refused:
            refuse_weak("".join(letters[:length]))
        assert refused.value.errors[0].code == "bad-length"
