"""Digits that are spelled as they are said: ゼロキューゼロ."""

import re
from collections.abc import Iterator, Mapping

from shared.privacy.normalising import Edit

_SAID: Mapping[str, str] = {
    "0": "ゼロ レイ レー マル オー",
    "1": "イチ イッ ワン",
    "2": "ニイ ニー ニ ツー",
    "3": "サン スリー",
    "4": "ヨン シー シ ヨ フォー",
    "5": "ゴー ゴオ ゴウ ゴ ファイブ",
    "6": "ロク ロッ シックス",
    "7": "ナナ シチ ヒチ セブン",
    "8": "ハチ ハッ エイト",
    "9": "キュウ キュー クー ク ナイン",
}
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ン") + 1)}
_KATAKANA = {word: digit for digit, words in _SAID.items() for word in words.split()}
_DIGITS = {**_KATAKANA, **{word.translate(_TO_HIRAGANA): at for word, at in _KATAKANA.items()}}
#: Where one word begins another, the longer one is tried first.
_LONGEST_FIRST = "|".join(sorted(_DIGITS, key=len, reverse=True))
#: ニイチ is two and one.
_WORD = rf"(?!(?:ニイ|にい)[チちッっ])(?:{_LONGEST_FIRST})|[ニに](?=[イい][チちッっ])"
_SIGN = rf"{_WORD}|[\d〇○零一二三四五六七八九]"
_GAP = r"[\s、,・.\-ー~のノ]{0,3}"
_ONE = re.compile(_WORD)
_APART = re.compile(r"[\s、,・.\-~のノ]{1,3}")
#: At the end に is a particle sooner than a two: はちに掛ける, but はちにに掛ける.
_END = r"(?:(?<![にしよごく])|(?=[\s、。,.」)とにへはでま]|$))"
#: Seven and more: fewer are ordinary words as well, and no number that is looked for.
_SPOKEN = re.compile(rf"(?:{_SIGN})(?:{_GAP}(?:{_SIGN})){{6,19}}{_END}")


def spoken_digits(text: str) -> Iterator[Edit]:
    """For a number with words in it: the digit of each word, and a dash for what is between."""
    for run in _SPOKEN.finditer(text):
        words = list(_ONE.finditer(text, *run.span()))
        for found in words:
            yield *found.span(), _DIGITS[found[0]]
        for found in _APART.finditer(text, *run.span()) if words else ():
            yield *found.span(), "-"
