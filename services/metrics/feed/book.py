"""A workbook of plain tables: typed cells, nothing merged, nothing hidden, the same bytes again."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from services.metrics.feed.columns import Datum
from services.metrics.feed.plain import neutral, one_line

_A4 = 9
_WIDEST, _NARROWEST = 48, 6
#: Nothing that is typed into a plan may become a formula, a link or a number by itself.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure that is shown with as many decimals as the plan has."""

    value: Decimal | None
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """An empty cell that waits for somebody's words."""


Content = Datum | Shown | Room
#: A place in a sheet, as XlsxWriter takes it: name, row and column from 0.
Place = tuple[str, int, int]


def _width(text: str) -> int:
    """About how many columns a text takes; a letter of Japanese takes two."""
    return sum(1 if ord(letter) < 0x2000 else 2 for letter in text) + 2


class Book:
    """A workbook. `created` is the release's own time, so that it is made alike every time."""

    def __init__(self, *, title: str, author: str, created: datetime) -> None:
        self._file = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._file, _OPTIONS)
        self._title = one_line(title)
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        moment = created.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        self._book.set_properties(
            {"title": self._title, "author": one_line(author), "created": moment}
        )

    def _format(self, **wanted: Any) -> Any:
        key = tuple(sorted(wanted.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"valign": "top", **wanted})
        return self._formats[key]

    def _sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        # The header's codes begin with &, which is doubled in words.
        sheet.set_header("&L" + self._title.replace("&", "&&") + "&R&A")
        sheet.set_footer("&C&P / &N")
        return sheet

    def table(
        self, name: str, head: Sequence[str], rows: Sequence[Sequence[Content]], *, tall: int = 0
    ) -> None:
        """A sheet with one table: its head in the first row, then one row for each of `rows`.

        `tall` is the height of a row in points, for those that somebody writes into.
        """
        sheet = self._sheet(name)
        bold = self._format(bold=True, text_wrap=True, bottom=1)
        for column, words in enumerate(head):
            sheet.write_string(0, column, one_line(words), bold)
            texts = [row[column] for row in rows]
            widest = max((_width(one) for one in texts if isinstance(one, str)), default=0)
            wanted = max(widest, min(_width(words), 12), _NARROWEST)
            wanted = _WIDEST if any(isinstance(one, Room) for one in texts) else wanted
            sheet.set_column(column, column, min(wanted, _WIDEST))
        for place, row in enumerate(rows, start=1):
            if tall:
                sheet.set_row(place, tall)
            for column, content in enumerate(row):
                self._write(sheet, place, column, content)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.fit_to_pages(1, 0)

    def _write(self, sheet: Any, row: int, column: int, content: Content) -> None:
        match content:
            case None | Shown(value=None) | "":
                return
            case Room():
                sheet.write_blank(row, column, None, self._format(text_wrap=True, border=1))
            case Shown(value=Decimal() as value, decimals=decimals):
                pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
                sheet.write_number(row, column, value, self._format(num_format=pattern))
            case int() | Decimal():
                sheet.write_number(row, column, content, self._format(num_format="General"))
            case datetime():
                sheet.write_string(row, column, content.isoformat(timespec="seconds"))
            case date():
                sheet.write_datetime(row, column, content, self._format(num_format="yyyy-mm-dd"))
            case str():
                self._write_text(sheet, row, column, content)

    def _write_text(self, sheet: Any, row: int, column: int, text: str) -> None:
        line = one_line(text)
        # What looks like a formula stays text even when somebody edits the cell.
        quoted = neutral(text) != line
        made = self._format(text_wrap=True, quote_prefix=quoted)
        sheet.write_string(row, column, line, made)

    def charts(self, name: str, charts: Sequence["Chart"]) -> None:
        """A sheet with nothing but charts, two beside each other."""
        sheet = self._sheet(name)
        for number, chart in enumerate(charts):
            drawn = self._book.add_chart({"type": chart.kind})
            source, row, first, last = chart.source
            drawn.add_series(
                {
                    "name": list(chart.title),
                    "categories": [source, 0, first, 0, last],
                    "values": [source, row, first, row, last],
                }
            )
            drawn.set_title({"name": list(chart.title), "name_font": {"size": 10}})
            drawn.set_legend({"none": True})
            drawn.set_y_axis({"name": list(chart.unit), "min": 0})
            drawn.show_blanks_as("gap")
            drawn.set_size({"width": 560, "height": 280})
            where = (number // 2 * 15, number % 2 * 9)
            sheet.insert_chart(*where, drawn, {"description": one_line(chart.described)})
        sheet.fit_to_pages(1, 0)

    def finished(self) -> bytes:
        """The file."""
        self._book.close()
        return self._file.getvalue()


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of one row of a table. Its title and unit are cells, so no text can be a formula.

    `source` is the sheet, the row and the first and last column of the figures.
    """

    kind: str
    title: Place
    unit: Place
    source: tuple[str, int, int, int]
    described: str
