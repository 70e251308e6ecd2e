"""Text as the guard reads it: one spelling of each character, and the way back."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from shared.characters import hidden

#: Voicing marks of half-width katakana: they join the character before them.
_VOICING = frozenset("\uff9e\uff9f")
#: A way through (〜) is not a dash: it stands between two values.
_WAVES = frozenset("\u301c\u3030")
_DASHES = frozenset("−─━⁃˗﹘")
#: Rarer shapes of the kanji of names, as the dictionary writes them.
_SHAPES = str.maketrans(
    "髙﨑碕栁桺𠮷濵濱瀨邊邉齋齊德廣澤嶋嶌槗枊桒靍靎鷗曻淸眞國櫻龍惠壽圓榮渕渊峯",
    "高崎崎柳柳吉浜浜瀬辺辺斎斉徳広沢島島橋柳桑鶴鶴鴎昇清真国桜竜恵寿円栄淵淵峰",
)
#: The kanji digits, one sign for one digit. 十 and 百 stay: they have no place of their own.
KANJI_DIGITS = str.maketrans("〇○◯零一壱壹二弐三参四五伍六七八九", "000011122334556789")

_DIGIT = "0-9〇一二三四五六七八九零"
#: A long vowel between digits was typed for a dash.
_LONG = re.compile(rf"(?<=[{_DIGIT}])( ?)ー(?= ?[{_DIGIT}])")
#: A word with a space between all of its signs.
_APART = re.compile(r"(?<!\S)(?:[ぁ-ヿ一-龠々] ){2,12}[ぁ-ヿ一-龠々](?!\S)")
_ONE = re.compile(r"(?<=[0-9])一(?=[0-9])")
_ROUND = re.compile(r"(?<![A-Za-z])[Oo](?=\d)|(?<=\d)[Oo](?=[\d\-])")

#: A place of a text, and the one sign, or none, that stands for it.
Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Normalised:
    """Normalised text; `starts` and `ends` give each character's span in the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original, in code points, of a span of the normalised text."""
        return self.starts[start], self.ends[end - 1]

    def edited(self, edits: Sequence[Edit]) -> Self:
        """With these places, which do not overlap, replaced; itself without one."""
        if not edits:
            return self
        signs: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        behind = 0
        for start, end, sign in (*sorted(edits), (len(self.text), len(self.text), "")):
            signs += (self.text[behind:start], sign)
            starts += self.starts[behind:start]
            ends += self.ends[behind:start]
            if sign:
                starts.append(self.starts[start])
                ends.append(self.ends[end - 1])
            behind = end
        return type(self)("".join(signs), tuple(starts), tuple(ends))

    @property
    def readings(self) -> tuple[str, ...]:
        """The text, and as long: with kanji digits as digits, with 一 between digits as a dash."""
        return tuple(
            dict.fromkeys((self.text, _digits(self.text), _digits(_ONE.sub("-", self.text))))
        )


def _digits(text: str) -> str:
    """Kanji digits, and the letter O for a zero, as digits."""
    return _ROUND.sub("0", text.translate(KANJI_DIGITS))


def normalised(text: str) -> Normalised:
    """One spelling for each character. Total: takes any text, lone surrogates too."""
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(text):
        end = _end_of_cluster(text, at)
        for sign in _spelling(text[at:end]):
            signs.append(sign)
            starts.append(at)
            ends.append(end)
        at = end
    read = _LONG.sub(r"\1-", "".join(signs))
    apart = {at for run in _APART.finditer(read) for at in range(*run.span()) if read[at] == " "}
    kept = [at for at in range(len(read)) if at not in apart]
    return Normalised(
        "".join(read[at] for at in kept),
        tuple(starts[at] for at in kept),
        tuple(ends[at] for at in kept),
    )


def _end_of_cluster(text: str, at: int) -> int:
    end = at + 1
    while end < len(text) and (text[end] in _VOICING or unicodedata.combining(text[end])):
        end += 1
    return end


@lru_cache(4096)
def _spelling(cluster: str) -> str:
    if cluster.isascii():
        return cluster if cluster.isprintable() else "\n" if cluster == "\n" else _plain(cluster)
    spelled = unicodedata.normalize("NFKC", cluster).translate(_SHAPES)
    return "".join(map(_plain, spelled))


def _plain(sign: str) -> str:
    """The sign itself, what it stands for, or nothing."""
    category = unicodedata.category(sign)
    if sign in _WAVES:
        return "~"
    if category == "Pd" or sign in _DASHES:
        return "-"
    if category in ("Nd", "No"):
        digit = unicodedata.digit(sign, None)
        return sign if digit is None else str(digit)
    if category in ("Zs", "Zl", "Zp") or sign == "\t":
        return " "
    if category == "Cs":
        return "\ufffd"
    mark = category in ("Cf", "Cc", "Mn", "Me") and sign != "\n"
    return "" if mark or hidden(sign) else sign
