"""The workbook: typed cells, native charts, the same bytes again, and nothing that is hidden."""

import io
import re
import zipfile
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from openpyxl import Workbook, load_workbook

from services.metrics.feed.as_xlsx import make_xlsx
from shared.plan import Plan
from tests.feed.samples import as_stored, sample

_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


@pytest.fixture(scope="module")
def content(plan: Plan) -> bytes:
    return make_xlsx(as_stored(sample(plan)), plan)


@pytest.fixture(scope="module")
def book(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def test_the_same_release_has_the_same_bytes(plan: Plan, content: bytes) -> None:
    assert make_xlsx(as_stored(sample(plan)), plan) == content
    made = load_workbook(io.BytesIO(content)).properties.created
    assert made.replace(tzinfo=UTC) == datetime(2026, 11, 2, 0, 30, 15, tzinfo=UTC)


def test_it_has_the_plans_table_months_breakdowns_flow_and_definitions(book: Workbook) -> None:
    assert book.sheetnames == [
        "計画の指標",
        "推移のグラフ",
        "月別",
        "月別のグラフ",
        "地区と年齢の内訳",
        "割合の分子と分母",
        "つなぎの流れ",
        "受け止め先がなかった相談",
        "数え方",
        "記号",
        "できごと",
        "この公表版",
    ]
    assert book["計画の指標"].max_row == 41
    about = dict(book["この公表版"].iter_rows(min_row=2, values_only=True))
    assert about["ハッシュ（SHA-256）"] == as_hash(book)
    assert (about["公表版"], about["段階"]) == (2, "速報")


def as_hash(book: Workbook) -> str:
    """The hash that the workbook gives, which looks like one."""
    about = dict(book["この公表版"].iter_rows(min_row=2, values_only=True))
    found = str(about["ハッシュ（SHA-256）"])
    assert re.fullmatch(r"[0-9a-f]{64}", found)
    return found


def test_the_charts_are_native_and_say_in_words_what_they_show(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        charts = [name for name in parts.namelist() if name.startswith("xl/charts/chart")]
        drawings = [name for name in parts.namelist() if re.match(r"xl/drawings/d\w+\.xml", name)]
        described = [
            one.get("descr")
            for name in drawings
            for one in ET.fromstring(parts.read(name)).iter()  # noqa: S314  our own file
            if one.tag.endswith("}cNvPr")
        ]
        assert not [name for name in parts.namelist() if name.startswith("xl/media")]
    assert len(charts) > 40
    assert len(described) == len(charts)
    assert all(described)


def test_what_is_masked_is_empty_with_its_symbol(plan: Plan, book: Workbook) -> None:
    document = sample(plan)
    sheet = book["計画の指標"]
    head = [cell.value for cell in sheet[1]]
    value, symbol = head.index("2026年度"), head.index("2026年度の記号")
    masked = [line.row for line in document.lines if line.years[-1].mark == "x"]
    assert masked
    for row in sheet.iter_rows(min_row=2, values_only=True):
        assert (row[value] is None and row[symbol] == "x") is (row[0] in masked)


def test_charts_keep_no_figure_that_no_cell_shows(content: bytes, book: Workbook) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        charts = [name for name in parts.namelist() if name.startswith("xl/charts/chart")]
        for name in charts:
            chart = ET.fromstring(parts.read(name))  # noqa: S314  our own file
            for reference in (*chart.iter(f"{_CHART}numRef"), *chart.iter(f"{_CHART}strRef")):
                _assert_shown(reference, book)


def _assert_shown(reference: ET.Element, book: Workbook) -> None:
    """Every cached point stands in the cell that it was taken from."""
    formula = reference.findtext(f"{_CHART}f") or ""
    sheet, _, area = formula.replace("'", "").replace("$", "").rpartition("!")
    found = book[sheet][area]
    row = found[0] if isinstance(found, tuple) else (found,)
    cells = {str(place): cell.value for place, cell in enumerate(row)}
    for point in reference.iter(f"{_CHART}pt"):
        cached = point.findtext(f"{_CHART}v")
        shown = cells[point.get("idx", "")]
        if isinstance(shown, str):
            assert cached == shown
        else:
            assert shown is not None, formula
            assert float(cached or "nan") == float(shown)
