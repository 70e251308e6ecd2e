"""A QR code as dark runs, for a page and for a PDF alike."""

from dataclasses import dataclass
from itertools import groupby

import segno

#: Light modules that the standard asks for around a code.
_QUIET = 4


@dataclass(frozen=True, slots=True)
class QrCode:
    """A square of `size` modules with its quiet zone; each run is (x, y, length) in modules."""

    size: int
    runs: tuple[tuple[int, int, int], ...]

    @property
    def path(self) -> str:
        """The runs as the `d` of an SVG path."""
        return "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in self.runs)


def qr_of(content: str) -> QrCode:
    """The code of a short text; a quarter of it may be dirty, and it still reads."""
    matrix = segno.make(content, error="q", micro=False).matrix
    found: list[tuple[int, int, int]] = []
    for y, row in enumerate(matrix, start=_QUIET):
        x = _QUIET
        for dark, modules in groupby(row):
            length = len(list(modules))
            if dark:
                found.append((x, y, length))
            x += length
    return QrCode(len(matrix) + 2 * _QUIET, tuple(found))
