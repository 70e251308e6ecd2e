"""One thing that an installation lacks, and what makes a secret a weak one."""

from collections.abc import Iterator
from dataclasses import dataclass

_SHORTEST, _FEWEST_LETTERS = 16, 8
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
    """Whether a secret is short, monotonous, one part again and again, or printed in examples."""
    return (
        len(secret) < _SHORTEST
        or len(set(secret)) < _FEWEST_LETTERS
        or secret in (secret + secret)[1:-1]
        or any(word in secret.lower() for word in _DEFAULTS)
    )


def of_secret(setting: str, secret: str | None) -> Iterator[Shortcoming]:
    """A secret that is weak; none at all is the weakest."""
    if is_weak(secret or ""):
        yield Shortcoming(setting, WEAK)
