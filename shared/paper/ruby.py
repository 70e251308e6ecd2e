"""Furigana in plain text: `[番号|ばんごう]` is 番号 with its reading above it."""

import re
from dataclasses import dataclass

_MARKED = re.compile(r"\[([^\[\]|]+)\|([ぁ-ゖァ-ヺー]+)\]")
_KANJI = re.compile(r"[々〆ヶ\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters, and how they are read where that is said."""

    base: str
    reading: str = ""


#: A line of text, in pieces.
Line = tuple[Piece, ...]


def parse(text: str) -> Line:
    """The line that a text with marks stands for. Raises ValueError for a broken mark."""
    pieces: list[Piece] = []
    end = 0
    for mark in _MARKED.finditer(text):
        pieces += [Piece(text[end : mark.start()]), Piece(mark[1], mark[2])]
        end = mark.end()
    pieces.append(Piece(text[end:]))
    found = tuple(piece for piece in pieces if piece.base)
    if any(letter in piece.base for piece in found for letter in "[]|"):
        raise ValueError("a mark is [letters|kana]")
    return found


def plain(line: Line) -> str:
    """The line without its readings."""
    return "".join(piece.base for piece in line)


def unread(line: Line) -> str:
    """The first kanji without a reading, empty where every one has it."""
    bare = "".join(piece.base for piece in line if not piece.reading)
    found = _KANJI.search(bare)
    return found[0] if found else ""
