"""One thing that an installation lacks, and what makes a secret a weak one."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.identity.password_rules import choices

_SHORTEST, _FEWEST_LETTERS, _FEWEST_CHOICES = 16, 8, 6
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]+")
#: Words that documents and examples print; a secret that holds one of them is no secret.
_DEFAULTS = ("password", "changeme", "postgres", "secret", "example", "tsunagi", "12345678")
WEAK = "短いか、見本のままの秘密です。16文字以上の乱数にしてください（make secrets で作れます）。"


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """One setting, and what is wrong with it, in Japanese; never its value."""

    setting: str
    words: str

    def line(self) -> str:
        """The shortcoming as it is shown."""
        return f"{self.setting}：{self.words}"


def is_weak(secret: str) -> bool:
    """Whether a secret is short, monotonous, counted, soon guessed, or printed in examples."""
    return (
        len(secret) < _SHORTEST
        or len(set(secret)) < _FEWEST_LETTERS
        or secret in (secret + secret)[1:-1]
        or any(word in secret.lower() for word in _DEFAULTS)
        or choices(secret) < _FEWEST_CHOICES
        or _is_counted(secret)
    )


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
