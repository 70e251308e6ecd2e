"""What the identifiers' shapes are made of.

Every repetition is bounded, so that no text takes long. A group `hit` narrows what is reported;
without one it is the whole match. Patterns read kanji digits as digits.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from shared.privacy.checks import is_not_blank
from shared.privacy.normalising import KANJI_DIGITS

#: Kinds that letters make; every other has a digit, and most memos have neither.
SPELLED = frozenset({"e-mail", "messaging-id"})


@dataclass(frozen=True, slots=True)
class Pattern:
    """One shape of a kind. `check` gets the match's text and may still say no.

    Without any of the `needs` in a text the shape is not looked for; that only saves time.
    """

    kind: str
    shape: re.Pattern[str]
    check: Callable[[str], bool]
    needs: tuple[str, ...]


def pattern(
    kind: str,
    shape: str,
    check: Callable[[str], bool] | None = None,
    *,
    needs: tuple[str, ...] = (),
) -> Pattern:
    """A pattern whose letters may be large or small; by default the number must not be blank."""
    # Zeros stand for what was left out, but in an address of letters they are letters.
    default = bool if kind in SPELLED else is_not_blank
    return Pattern(kind, re.compile(shape, re.IGNORECASE), check or default, needs)


def one_of(names: Collection[str]) -> str:
    """Any of these names, as they are and with their kanji digits read as digits."""
    read = {name.translate(KANJI_DIGITS) for name in names}
    return "|".join(re.escape(name) for name in sorted({*names, *read}, key=len, reverse=True))


#: What may stand between the digits of one number.
GAP = r"[\s\-.()・~_*/]{0,3}"
#: A number of 3 to 17 digits.
NUMBER = r"\d(?:[\s\-.・_/]{0,2}\d){2,16}"
#: What makes a number a count, an amount or a day.
UNITS = (
    r"(?:円|万|千|億|人|名(?!義|前)|件|回|年(?!金)|月|日|時|分|歳|才|%|割|倍|級|世帯|食|個|枚|km|kg"
    r"|m(?![a-z])|通(?!帳)|冊|点"
    r"|階|戸|部屋|ヶ|か所|か月|カ所|カ月|ページ|歩|単位)"
)
NO_COUNT = rf"(?![\d,]|\.\d|\s?{UNITS})"
#: Something other than a digit, within the same sentence.
TO = r"[^\d\n。]"
