"""A plan may hold any words: no file runs them, no markup comes of them, every file opens."""

import csv
import io
import zipfile
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from services.metrics.domain.releasing import canonical
from services.metrics.feed.addresses import Addresses
from services.metrics.feed.as_atom import make_atom
from services.metrics.feed.as_csv import make_codes_csv, make_csv
from services.metrics.feed.as_json import make_json
from services.metrics.feed.as_xlsx import make_xlsx
from services.metrics.feed.plain import neutral, one_line
from services.metrics.feed.year_end_book import make_year_end_book
from services.metrics.storage.releases import StoredRelease
from shared.plan import Plan
from tests.feed.samples import as_stored, sample

_HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "＝1+1",
    "+1+1",
    "＋1",
    "-2+3",
    "－2+3",
    "@SUM(A1)",
    "＠SUM(A1)",
    "﹦1",
    "\t=1",
    "\r\n=1",
    " =1",
    '"; =1',
    "一行目\r\n二行目\u2028三行目",
    "]]>&<!--",
    "mailto:a@b.example",
    "http://evil.example/",
    "&G{@}&P",
    "\x0bvt\x7f",
    "{=1}",
    "\ufeff=1",
    "\u200b＋1",
    "\u202e-2+3",
    "\u3164=1",
    "\u2800＋1",
    "\ufe0f@SUM(A1)",
    "\u200b =1",
)
_HIDDEN = "\ufeff\u200b\u202e\u3164\u2800\ufe0f"
_ATOM, _XHTML = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/1999/xhtml}"
_OF_A_TABLE = {"table", "thead", "tbody", "tr", "th", "td", "sup", "p"}
_RUN = frozenset("=+-@＝＋－＠﹦﹢﹣﹫\t\r")


@pytest.fixture(scope="module", params=_HOSTILE, ids=range(len(_HOSTILE)))
def words(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def release(plan: Plan, words: str) -> StoredRelease:
    """A release in which every word that a person wrote is this one."""
    document = sample(plan, breakdowns=(), flow=())
    said: dict[str, Any] = dict.fromkeys(
        ("name", "unit", "owner", "baseline", "target", "counted_how"), words
    )
    lines = []
    for line in document.lines:
        progress = line.progress.model_copy(update={"reason": words})
        years = tuple(
            year.model_copy(update={"state": words}) if year.state else year for year in line.years
        )
        lines.append(line.model_copy(update=said | {"progress": progress, "years": years}))
    changes = {"lines": tuple(lines), "reason": words, "city": words}
    return as_stored(document.model_copy(update=changes))


@pytest.mark.parametrize("bom", [True, False])
def test_no_cell_of_the_csv_begins_a_formula(
    plan: Plan, release: StoredRelease, words: str, bom: bool
) -> None:
    text = make_csv(release, plan, bom=bom).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    numbers = {"value", "baseline_value", "target_value"}
    for row in rows:
        for name, cell in row.items():
            if name in numbers and cell:
                float(cell)
            else:
                assert cell == "-" or cell.lstrip(_HIDDEN)[:1] not in _RUN, (name, cell)
    assert {row["indicator_name"].removeprefix("'") for row in rows if row["plan_row"]} == {
        one_line(words)
    }


def test_the_workbook_holds_words_as_words(plan: Plan, release: StoredRelease, words: str) -> None:
    content = make_xlsx(release, plan)
    book = load_workbook(io.BytesIO(content))
    sheet = book["計画の指標"]
    place = [cell.value for cell in sheet[1]].index("指標")
    for row in sheet.iter_rows(min_row=2):
        assert row[place].data_type == "s"
        assert row[place].quotePrefix is (neutral(words) != one_line(words))
    kinds = {cell.data_type for one in book.worksheets for row in one.iter_rows() for cell in row}
    assert "f" not in kinds
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        names = parts.namelist()
        assert not [name for name in names if "external" in name.lower() or "vba" in name.lower()]
        for name in names:
            text = parts.read(name).decode("utf-8")
            assert "<f>" not in text.replace("<c:f>", "")
            assert "<hyperlink" not in text
            assert 'TargetMode="External"' not in text
            ET.fromstring(text)  # noqa: S314  our own file


def test_the_book_of_the_year_end_holds_words_as_words(
    plan: Plan, release: StoredRelease, words: str
) -> None:
    book = load_workbook(io.BytesIO(make_year_end_book(release, plan)))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    said = [cell for cell in cells if cell.value == one_line(words)]
    assert len(said) > len(release.document.lines)
    quoted = neutral(words) != one_line(words)
    assert {(cell.data_type, bool(cell.quotePrefix)) for cell in said} == {("s", quoted)}


def test_the_feed_of_releases_holds_words_as_words(
    plan: Plan, release: StoredRelease, words: str
) -> None:
    addresses = Addresses("http://127.0.0.1:8000")
    feed = make_atom([release], plan, addresses, addresses.file("atom"), None)
    found = feedparser.parse(feed)
    assert found.bozo is False
    assert len(found.entries) == 1
    [entry] = ET.fromstring(feed).iterfind(f"{_ATOM}entry")  # noqa: S314  our own feed
    assert one_line(words) in (entry.findtext(f"{_ATOM}summary") or "")
    shown = list(entry.iterfind(f"{_ATOM}content/{_XHTML}div//"))
    assert {one.tag.removeprefix(_XHTML) for one in shown} == _OF_A_TABLE
    assert [one.attrib for one in shown if one.attrib] == []
    assert [one.text for one in shown].count(one_line(words)) > 4 * len(release.document.lines)
    assert b"<script" not in feed


def test_json_says_what_was_written(plan: Plan, release: StoredRelease) -> None:
    content = make_json(release, plan.area_code, Addresses("http://127.0.0.1:8000"))
    assert canonical(release.document)[0] in content.decode("utf-8")


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(text=st.text(alphabet=st.one_of(st.characters(), st.sampled_from("=+-@＝－\t\r\n \u3000'"))))
def test_no_text_at_all_begins_a_formula_or_a_line(text: str) -> None:
    written = neutral(text)
    assert written in (one_line(text), f"'{one_line(text)}")
    assert written == "-" or written[:1] not in _RUN
    assert not set(written) & set("\r\n\t\v\f\x00\x85\u2028\u2029")
    row = io.StringIO(newline="")
    csv.writer(row, lineterminator="\r\n").writerow([written, "next"])
    assert list(csv.reader(io.StringIO(row.getvalue(), newline=""))) == [[written, "next"]]


def test_the_symbol_for_not_applicable_stays_itself() -> None:
    assert neutral("-") == "-"
    assert neutral("--") == "'--"
    assert neutral("") == ""


def test_the_names_of_codes_are_neutral_too(plan: Plan) -> None:
    text = make_codes_csv(plan, bom=False).decode("utf-8")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert [cell for cell in cells if cell[:1] in _RUN and cell != "-"] == []
