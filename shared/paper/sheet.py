"""A sheet of paper as PDF: one page, whatever stands on it, in fonts that it brings along."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from shared.paper.fonts import file_of, runs
from shared.paper.qr import QrCode
from shared.paper.ruby import Line, Piece
from shared.paper.setting import set_lines

_MM_PER_POINT = 25.4 / 72
#: A reading is this much of the letters' size, and stands this much of it above the baseline.
_RUBY_SIZE, _RUBY_RISE = 0.5, 0.92
#: From the top of a line to its baseline, in parts of the size; more where readings stand above.
_ASCENT, _ASCENT_RUBY = 0.9, 1.4
_SCALES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58)

A4 = (210.0, 297.0)
A6 = (105.0, 148.0)


class Sheet:
    """One page of `size` (mm). Sizes of letters are in points, everything else in mm."""

    def __init__(self, size: tuple[float, float], *, title: str, language: str, now: datetime):
        # Half a second and 40 MB in each web process, of which most never print.
        from fpdf import FPDF  # noqa: PLC0415

        self._pdf = FPDF(unit="mm", format=size)
        self._pdf.set_auto_page_break(False)
        self._pdf.set_title(title)
        self._pdf.set_lang(language)
        self._pdf.set_creation_date(now)
        self._pdf.add_page()
        self._height = size[1]
        self._scale = 1.0
        self._drawing = True

    def fit(self, compose: Callable[["Sheet"], float], bottom: float) -> bytes:
        """The PDF of what `compose` draws. It gives where it ended; letters shrink until it fits.

        `bottom` is the margin (mm) below.
        """
        for scale in _SCALES:
            self._scale = scale
            with self._measuring():
                if compose(self) <= self._height - bottom:
                    break
        compose(self)
        return bytes(self._pdf.output())

    @contextmanager
    def _measuring(self) -> Iterator[None]:
        self._drawing = False
        yield
        self._drawing = True

    def gap(self, space: float) -> float:
        """A space (mm) at the scale that the page needs."""
        return space * self._scale

    def write(
        self,
        line: Line,
        language: str,
        *,
        x: float,
        y: float,
        width: float,
        size: float,
        bold: bool = False,
        centred: bool = False,
    ) -> float:
        """Set a line below `y`, over as many lines as it takes; gives where the last one ends."""
        points = size * self._scale
        letter = points * _MM_PER_POINT
        ruby = any(piece.reading for piece in line)
        ascent = letter * (_ASCENT_RUBY if ruby else _ASCENT)
        leading = letter * (2.0 if ruby else 1.45)
        top = y

        def wide(piece: Piece) -> float:
            return max(
                self._width(piece.base, language, points, bold),
                self._width(piece.reading, language, points * _RUBY_SIZE, bold=False),
            )

        for units in set_lines(line, language, width, wide):
            slack = width - sum(unit.width for unit in units)
            at = x + (slack / 2 if centred else 0)
            for piece in (piece for unit in units for piece in unit.pieces):
                room = wide(piece)
                self._put(piece.base, language, at, top + ascent, points, bold, room)
                rise = top + ascent - letter * _RUBY_RISE
                self._put(
                    piece.reading, language, at, rise, points * _RUBY_SIZE, bold=False, room=room
                )
                at += room
            top += leading
        return top

    def _faces(
        self, text: str, language: str, points: float, bold: bool
    ) -> Iterator[tuple[str, float]]:
        """The runs of a text with their widths, each with its font chosen."""
        style = "B" if bold else ""
        for face, run in runs(text, language):
            if f"{face}{style}" not in self._pdf.fonts:
                self._pdf.add_font(face, style, file_of(face, bold=bold))
            self._pdf.set_font(face, style, points)
            yield run, self._pdf.get_string_width(run)

    def _width(self, text: str, language: str, points: float, bold: bool) -> float:
        return sum(width for _, width in self._faces(text, language, points, bold))

    def _put(
        self,
        text: str,
        language: str,
        x: float,
        baseline: float,
        points: float,
        bold: bool,
        room: float,
    ) -> None:
        """Draw a text in the middle of its room."""
        if not self._drawing or not text:
            return
        at = x + (room - self._width(text, language, points, bold)) / 2
        for run, width in self._faces(text, language, points, bold):
            self._pdf.text(at, baseline, run)
            at += width

    def rule(self, x: float, y: float, width: float, *, thick: float = 0.2) -> None:
        """A horizontal line."""
        if self._drawing:
            self._pdf.set_line_width(thick)
            self._pdf.line(x, y, x + width, y)

    def box(self, x: float, y: float, width: float, height: float, *, thick: float = 0.25) -> None:
        """The outline of a box."""
        if self._drawing:
            self._pdf.set_line_width(thick)
            self._pdf.rect(x, y, width, height)

    def qr(self, code: QrCode, x: float, y: float, width: float) -> None:
        """A QR code with its quiet zone."""
        if self._drawing:
            module = width / code.size
            for left, top, length in code.runs:
                self._pdf.rect(
                    x + left * module, y + top * module, length * module, module, style="F"
                )
