"""Other ways to read a text: without what people put between the parts of a number."""

import re
from collections.abc import Iterator

from shared.privacy.normalising import Edit, Normalised
from shared.privacy.spoken import spoken_digits

_DIGIT = "0-9〇一二三四五六七八九零十"
#: What a number or an address of letters is made of.
_PART = rf"[{_DIGIT}A-Za-z@]"
_BRACKET = r"[()\[\]{}<>「」『』【】〔〕〈〉《》“”‘’\"']"
_SIGNS = rf"{_BRACKET}(?:\s?{_BRACKET}){{0,3}}"
_BETWEEN = re.compile(rf"(?<={_PART}){_SIGNS}|{_SIGNS}(?={_PART})|\n")
#: How many digits a number has says nothing about which it is.
_HOW_MANY = re.compile(rf"(?<![{_DIGIT}])[{_DIGIT}]{{1,2}}\s?(?:桁|けた|ケタ)")
_ANY_DIGIT = re.compile(rf"[{_DIGIT}]")
#: A longer line is a sentence, and the line behind it another one.
_LONGEST_LABEL = 14


def readings(read: Normalised) -> list[Normalised]:
    """The text with kanji digits as they are and as digits, and the same with its parts joined."""
    joined = _joined(read)
    versions = [Normalised(text, read.starts, read.ends) for text in read.readings]
    if joined is not read:
        again = joined.readings
        versions += [Normalised(text, joined.starts, joined.ends) for text in again[1:] or again]
    return versions


def _joined(read: Normalised) -> Normalised:
    """Without brackets and counts of digits, labels on the line of their value, words as digits."""
    joined = read.edited(list(_sign_edits(read.text)))
    return joined.edited(list(spoken_digits(joined.text)))


def _sign_edits(text: str) -> Iterator[Edit]:
    for found in _BETWEEN.finditer(text):
        start, end = found.span()
        if found[0] != "\n":
            apart = start and end < len(text) and _are_digits(text[start - 1] + text[end])
            yield start, end, " " if apart else ""
        elif _is_label(text[text.rfind("\n", 0, start) + 1 : start]):
            yield start, end, " "
    for found in _HOW_MANY.finditer(text):
        yield *found.span(), ""


def _are_digits(signs: str) -> bool:
    return all(map(_ANY_DIGIT.match, signs))


def _is_label(line: str) -> bool:
    return 0 < len(line) <= _LONGEST_LABEL and "。" not in line
