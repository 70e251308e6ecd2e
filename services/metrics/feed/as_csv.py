"""CSV: UTF-8, lines end with CRLF, one figure a line, no text that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from services.metrics.domain.published import as_number
from services.metrics.feed.codes import HEAD, codes_of
from services.metrics.feed.columns import Datum, Said, columns, data_of
from services.metrics.feed.figures import figures_of
from services.metrics.feed.plain import neutral
from services.metrics.storage.releases import StoredRelease
from shared.plan import Plan


def written_number(value: Decimal) -> str:
    """A number as digits: no exponent, no separators, no needless zeros; as JSON has it."""
    whole = as_number(value)
    return str(whole) if isinstance(whole, int) else f"{value.normalize():f}"


def _cell(datum: Datum) -> str:
    match datum:
        case None:
            return ""
        case Decimal():
            return written_number(datum)
        case datetime():
            return datum.isoformat(timespec="seconds")
        case date():
            return datum.isoformat()
        case int():
            return str(datum)
        case str():
            return neutral(datum)


def _written(head: Sequence[str], rows: Iterable[Sequence[Datum]], *, bom: bool) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_cell(datum) for datum in row] for row in rows)
    return out.getvalue().encode("utf-8-sig" if bom else "utf-8")


def make_csv(release: StoredRelease, plan: Plan, *, bom: bool) -> bytes:
    """The release's figures in long form. A byte order mark tells Excel that it is UTF-8."""
    head = [column.name for column in columns()]
    figures = figures_of(release.document)
    rows = (data_of(Said(release, plan, figure)) for figure in figures)
    return _written(head, rows, bom=bom)


def make_columns_csv(*, bom: bool) -> bytes:
    """What each column means."""
    rows = [[one.name, one.title, one.kind, one.meaning] for one in columns()]
    return _written(("column", "title", "kind", "meaning"), rows, bom=bom)


def make_codes_csv(plan: Plan, *, bom: bool) -> bytes:
    """What each code means."""
    return _written(HEAD, codes_of(plan), bom=bom)
