"""The Digital Agency's rules on machine-readable data of the administration, one test for each id.

行政データにおける機械可読性に関するルール; what each id says is told in docs/adr/0019-the-feed.md.
"""

import csv
import io
import re
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook

from services.metrics.feed.as_csv import make_codes_csv, make_columns_csv, make_csv
from services.metrics.feed.as_xlsx import make_xlsx
from shared.plan import Plan
from shared.plan.area_code import is_area_code
from tests.feed.samples import as_stored, sample

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMERIC = {"整数", "数"}


@pytest.fixture(scope="module")
def text(plan: Plan) -> str:
    """The CSV file without its byte order mark."""
    return make_csv(as_stored(sample(plan)), plan, bom=False).decode("utf-8")


@pytest.fixture(scope="module")
def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.fixture(scope="module")
def columns() -> dict[str, dict[str, str]]:
    """The table of columns, by name."""
    text = make_columns_csv(bom=False).decode("utf-8")
    return {row["column"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


@pytest.fixture(scope="module")
def codes(plan: Plan) -> dict[str, dict[str, str]]:
    """The codes of each column with their labels."""
    text = make_codes_csv(plan, bom=False).decode("utf-8")
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(text, newline="")):
        found.setdefault(row["column"], {})[row["code"]] = row["label"]
    return found


@pytest.fixture(scope="module")
def book(plan: Plan) -> Workbook:
    return load_workbook(io.BytesIO(make_xlsx(as_stored(sample(plan)), plan)))


def test_l1_02_one_file_and_one_sheet_hold_one_table(text: str, book: Workbook) -> None:
    widths = {len(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)}
    assert len(widths) == 1
    for sheet in book.worksheets:
        grid = list(sheet.iter_rows(values_only=True))
        if sheet.title.endswith("グラフ"):
            assert grid in ([], [(None,)])
            continue
        assert all(isinstance(name, str) for name in grid[0]), sheet.title
        assert len(set(grid[0])) == len(grid[0]), sheet.title
        assert all(any(value is not None for value in row) for row in grid), sheet.title


def test_l1_09_nothing_and_zero_are_two_things(rows: list[dict[str, str]]) -> None:
    zeros = [row for row in rows if row["value"] == "0"]
    empty = [row for row in rows if row["value"] == "" and row["state"] == ""]
    assert len(zeros) > 10
    assert len(empty) > 10
    assert {row["value_symbol"] for row in zeros} == {""}
    assert {row["value_symbol"] for row in empty} == {"x", "-", "…"}
    for row in rows:
        said = [bool(row["value"]), bool(row["state"]), bool(row["value_symbol"])]
        assert said.count(True) == 1, row


def test_l1_12_no_cells_are_merged(book: Workbook) -> None:
    assert [sheet.title for sheet in book.worksheets if sheet.merged_cells.ranges] == []


def test_l1_13_no_rows_columns_or_sheets_are_hidden(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert sheet.sheet_state == "visible"
        for size in (*sheet.row_dimensions.values(), *sheet.column_dimensions.values()):
            assert not size.hidden
            assert not size.outlineLevel
        assert sheet.auto_filter.ref is None


def test_l1_14_each_record_is_one_line(text: str, rows: list[dict[str, str]]) -> None:
    assert text.endswith("\r\n")
    lines = text.split("\r\n")[:-1]
    assert len(lines) == len(rows) + 1
    assert not any(mark in line for line in lines for mark in "\r\n\v\f\x85\u2028\u2029")


def test_l2_01_numbers_are_numbers(
    rows: list[dict[str, str]], columns: dict[str, dict[str, str]], book: Workbook
) -> None:
    numeric = [name for name, row in columns.items() if row["kind"] in _NUMERIC]
    assert "value" in numeric
    for row in rows:
        for name in numeric:
            assert row[name] == "" or _NUMBER.fullmatch(row[name]), (name, row[name])
    plan_sheet = book["計画の指標"]
    head = [cell.value for cell in plan_sheet[1]]
    for name in ("2024年度（現状）", "2025年度", "2026年度", "2030年度（目標）"):
        place = head.index(name)
        kinds = {row[place].data_type for row in plan_sheet.iter_rows(min_row=2)}
        assert kinds == {"n"}, name


def test_l3_03_the_symbols_are_defined(
    rows: list[dict[str, str]], codes: dict[str, dict[str, str]], book: Workbook
) -> None:
    for column in ("value_symbol", "status_symbol"):
        used = {row[column] for row in rows}
        assert used <= codes[column].keys()
        assert all(codes[column][symbol] for symbol in used)
    assert {row["value_symbol_name"] for row in rows} <= set(codes["value_symbol"].values())
    explained = {(row[0], row[1]) for row in book["記号"].iter_rows(min_row=2, values_only=True)}
    assert {("値の記号", symbol) for symbol in "x-…"} <= explained
    assert {("段階の記号", symbol) for symbol in "pr"} <= explained


def test_l3_04_every_figure_has_its_unit(rows: list[dict[str, str]], book: Workbook) -> None:
    assert [row for row in rows if not row["unit"]] == []
    assert {row["unit"] for row in rows if row["indicator"] == "donations"} >= {"円"}
    for sheet in book.worksheets:
        head = [cell.value for cell in next(sheet.iter_rows(max_row=1), ())]
        if "値" in head:
            place = head.index("単位")
            units = [row[place] for row in sheet.iter_rows(min_row=2, values_only=True)]
            assert all(units), sheet.title


def test_l3_05_the_time_axis_is_the_western_calendar(rows: list[dict[str, str]]) -> None:
    for row in rows:
        assert re.fullmatch(r"\d{4}", row["fiscal_year"])
        starts, ends = (date.fromisoformat(row[name]) for name in ("period_start", "period_end"))
        assert starts <= ends
        year = int(row["fiscal_year"])
        assert date(year, 4, 1) <= starts <= ends <= date(year + 1, 3, 31)
        if row["month"]:
            assert re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", row["month"])
            assert row["period_start"] == f"{row['month']}-01"
        assert row["as_of"] == "" or _DAY.fullmatch(row["as_of"])
    assert {row["period_end"] for row in rows if row["table"] == "unmet"} == {"2026-10-31"}


def test_l3_06_the_area_has_its_code_and_its_name(rows: list[dict[str, str]]) -> None:
    for row in rows:
        assert is_area_code(row["area_code"])
        assert row["standard_area_code"] == row["area_code"][:5] == "11227"
        assert row["area_name"] == "朝霞市"


def test_l3_08_definitions_and_history_are_given(
    rows: list[dict[str, str]], columns: dict[str, dict[str, str]], book: Workbook
) -> None:
    assert list(columns) == list(rows[0])
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in columns)
    assert all(row["title"] and row["kind"] and row["meaning"] for row in columns.values())
    for row in rows:
        assert row["release"] == "2"
        assert row["released_at"] == "2026-11-02T09:30:15+09:00"
        assert re.fullmatch(r"[0-9a-f]{64}", row["release_hash"])
        if row["indicator"]:
            assert row["definition"]
            assert int(row["definition_version"]) >= 1
    defined = {row[0] for row in book["数え方"].iter_rows(min_row=2, values_only=True)}
    assert defined == {row["indicator"] for row in rows if row["indicator"]}


def test_l3_08_the_encoding_is_known(plan: Plan) -> None:
    release = as_stored(sample(plan))
    for_people = make_csv(release, plan, bom=True)
    assert for_people.startswith(b"\xef\xbb\xbf")
    assert for_people[3:] == make_csv(release, plan, bom=False)


def test_l3_09_each_figure_is_a_row_of_its_own(
    rows: list[dict[str, str]], columns: dict[str, dict[str, str]]
) -> None:
    axes = ("plan_row", "measure", "fiscal_year", "month", "dimension", "key", "table")
    keys = [tuple(row[name] for name in axes) for row in rows]
    assert len(set(keys)) == len(keys)
    assert not any(re.search(r"\d{4}", name) for name in columns)


def test_the_codes_of_every_row_stand_in_the_table_of_codes(
    rows: list[dict[str, str]], codes: dict[str, dict[str, str]]
) -> None:
    for column in ("release_status", "status", "table", "kind", "dimension", "measure"):
        assert {row[column] for row in rows if row[column]} <= codes[column].keys()
    keyed = [row for row in rows if row["dimension"] not in ("total", "month")]
    assert {row["key"] for row in keyed} <= codes["key"].keys()
    assert all(codes["key"][row["key"]] for row in keyed)
    assert {Decimal(row["value"]) % 1 for row in rows if row["unit"] == "件" and row["value"]} == {
        Decimal(0)
    }
