"""Set lines into a width: where they may break in each language, and how wide letters are."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared.paper.ruby import Line, Piece

#: Languages that break between words alone; the others break between letters.
_BY_WORD = frozenset({"en", "vi", "ko"})
#: What may not begin a line, and what may not end one (kinsoku).
_NEVER_FIRST = frozenset(
    "、。，．,.・：；:;！？!?）〕］｝」』】〉》)]}ー〜～…%％々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
)
_NEVER_LAST = frozenset("（〔［｛「『【〈《([{")
_TOKENS = re.compile(r"[!-~]+| +|.", re.DOTALL)
_WORDS = re.compile(r" +|[^ ]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """Pieces that stay together on one line, and their width in mm."""

    pieces: Line
    width: float

    @property
    def space(self) -> bool:
        """Whether it is nothing but space, which a line neither begins nor ends with."""
        return all(not piece.base.strip() for piece in self.pieces)


def _tokens(line: Line, language: str) -> Iterator[Piece]:
    cut = _WORDS if language in _BY_WORD else _TOKENS
    for piece in line:
        if piece.reading:
            yield piece
        else:
            yield from (Piece(token) for token in cut.findall(piece.base))


def _together(line: Line, language: str) -> Iterator[list[Piece]]:
    """The tokens in groups that must not be torn apart."""
    spaced = _is_spaced(line)
    group: list[Piece] = []
    for token in _tokens(line, language):
        if group and not _stays(group[-1].base, token.base, spaced):
            yield group
            group = []
        group.append(token)
    if group:
        yield group


def _is_spaced(line: Line) -> bool:
    """Whether it is Japanese with spaces between words (分かち書き), which are kept whole."""
    return any(piece.reading for piece in line) and any(" " in piece.base for piece in line)


def _stays(before: str, after: str, spaced: bool) -> bool:
    """Whether no line may end between the two."""
    if after[0] in _NEVER_FIRST or before[-1] in _NEVER_LAST:
        return True
    return spaced and not (before.isspace() or after.isspace() or before[-1] in _NEVER_FIRST)


def set_lines(
    line: Line, language: str, width: float, wide: Callable[[Piece], float]
) -> list[list[Unit]]:
    """The line in as many as fit the width (mm); a newline in the text begins another one."""
    found: list[list[Unit]] = []
    for paragraph in _paragraphs(line):
        current: list[Unit] = []
        left = width
        for unit in _fitting(paragraph, language, width, wide):
            if unit.width > left and current:
                found.append(_trimmed(current))
                current, left = [], width
            if current or not unit.space:
                current.append(unit)
                left -= unit.width
        found.append(_trimmed(current))
    return found


def _fitting(
    line: Line, language: str, width: float, wide: Callable[[Piece], float]
) -> Iterator[Unit]:
    """The units of a line; one that is wider than the width falls into its letters."""
    for group in _together(line, language):
        total = sum(map(wide, group))
        if total <= width:
            yield Unit(tuple(group), total)
            continue
        for piece in group:
            letters = (piece,) if piece.reading else tuple(map(Piece, piece.base))
            yield from (Unit((letter,), wide(letter)) for letter in letters)


def _trimmed(units: list[Unit]) -> list[Unit]:
    while units and units[-1].space:
        units = units[:-1]
    return units


def _paragraphs(line: Line) -> list[Line]:
    found: list[list[Piece]] = [[]]
    for piece in line:
        first, *more = piece.base.split("\n")
        found[-1].append(Piece(first, piece.reading))
        found += [[Piece(rest)] for rest in more]
    return [tuple(piece for piece in pieces if piece.base) for pieces in found]
