"""One thing that an installation lacks, and what makes a secret a weak one."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.identity.password_rules import choices

_SHORTEST, _FEWEST_LETTERS, _FEWEST_CHOICES = 16, 8, 6
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]+")
_BETWEEN = re.compile(r"[\W_]+")
#: A part of a secret that may be words or figures; one longer than words are is neither.
_WORDS = re.compile(r"[a-z]{1,15}|[A-Z]{1,15}|(?:[A-Z][a-z]{2,14})+|\d{1,8}")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
#: Words that documents and examples print; a secret that holds one of them is no secret.
_DEFAULTS = ("password", "changeme", "postgres", "secret", "example", "tsunagi", "12345678")
WEAK = (
    "短いか、言葉を並べたか、見本のままの秘密です。"
    "16文字以上の乱数にしてください（make secrets で作れます）。"
)


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """One setting, and what is wrong with it, in Japanese; never its value."""

    setting: str
    words: str

    def line(self) -> str:
        """The shortcoming as it is shown."""
        return f"{self.setting}：{self.words}"


def is_weak(secret: str) -> bool:
    """Whether a secret is short, monotonous, counted, a few words, or printed in examples."""
    return (
        len(secret) < _SHORTEST
        or len(set(secret)) < _FEWEST_LETTERS
        or secret in (secret + secret)[1:-1]
        or any(word in secret.lower() for word in _DEFAULTS)
        or _is_a_few_words(secret)
        or choices(secret) < _FEWEST_CHOICES
        or _is_counted(secret)
    )


def _is_a_few_words(secret: str) -> bool:
    """Whether it is words and figures with signs or capitals between them, each but one choice.

    Redis keeps its passwords as quick hashes: who has one tries every four words of a dictionary.
    """
    parts = [part for part in _BETWEEN.split(secret) if part]
    if not all(map(_WORDS.fullmatch, parts)):
        return False
    words = {word.casefold() for part in parts for word in _WORD.findall(part)}
    return len(words) < _FEWEST_CHOICES


def _is_counted(secret: str) -> bool:
    """Whether most of its letters, bytes or words are the one before and always as much more."""
    if _mostly_one_step([ord(letter) for letter in secret]):
        return True
    return _HEXADECIMAL.fullmatch(secret) is not None and any(
        _mostly_one_step(
            [int(secret[at : at + width], 16) for at in range(0, len(secret) - width + 1, width)]
        )
        for width in (1, 2, 4)
    )


def _mostly_one_step(numbers: Sequence[int]) -> bool:
    steps = Counter(after - before for before, after in pairwise(numbers))
    return max(steps.values()) * 2 > steps.total()


def of_secret(setting: str, secret: str | None) -> Iterator[Shortcoming]:
    """A secret that is weak; none at all is the weakest."""
    if is_weak(secret or ""):
        yield Shortcoming(setting, WEAK)
