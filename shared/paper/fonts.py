"""The fonts that travel with the project: which sets which language, and what it cannot set."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont

_FOLDER = Path(__file__).parent / "vendor"
_ENDINGS: Mapping[str, str] = {"ja": "ttf", "zh": "otf", "ko": "otf", "latin": "ttf"}
#: The face of each language; the others stand in for what it lacks, in this order.
_OWN: Mapping[str, str] = {"ja": "ja", "en": "latin", "zh": "zh", "vi": "latin", "ko": "ko"}
_OTHERS = ("ja", "latin", "zh", "ko")
#: The printers' mark 〓 for a letter that no type case holds; never an empty box.
GETA = "〓"
_SPACES = frozenset(" \u3000\n")

LANGUAGES = tuple(_OWN)


def file_of(face: str, *, bold: bool) -> Path:
    """The font file of a face."""
    return _FOLDER / f"{face}-{'bold' if bold else 'regular'}.{_ENDINGS[face]}"


@cache
def letters_of(face: str) -> frozenset[int]:
    """The code points that a face has in both weights."""
    found = []
    for bold in (False, True):
        with TTFont(file_of(face, bold=bold), lazy=True) as font:
            # Which letters there are is asked, not what glyphs are called; names are slow to read.
            font.setGlyphOrder([""] * font["maxp"].numGlyphs)
            found.append(frozenset(font.getBestCmap()))
    return found[0] & found[1]


def lacking(text: str, language: str) -> list[str]:
    """The letters of a text that the face of its language does not have."""
    known = letters_of(_OWN[language])
    return sorted({letter for letter in text if letter not in _SPACES and ord(letter) not in known})


def _face_of(letter: str, language: str) -> str | None:
    own = _OWN[language]
    faces = (own, *(face for face in _OTHERS if face != own))
    return next((face for face in faces if ord(letter) in letters_of(face)), None)


def runs(text: str, language: str) -> Iterator[tuple[str, str]]:
    """The text in pieces of one face each; what no face has becomes 〓."""
    faced = [(_face_of(letter, language), letter) for letter in text]
    whole = [(face or "ja", letter if face else GETA) for face, letter in faced]
    for face, letters in groupby(whole, key=lambda one: one[0]):
        yield face, "".join(letter for _, letter in letters)
