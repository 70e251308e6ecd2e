"""A year's end: one page and one command give the same files, all from the closing release."""

import io
import json
from pathlib import Path
from typing import get_args

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from services.metrics.domain.published import Published, Status
from services.metrics.feed.summary_pdf import make_summary_pdf
from services.metrics.feed.year_end_book import make_year_end_book
from shared.plan import Plan
from tests.feed.readers import read_csv, read_json
from tests.feed.samples import as_stored, first, publish, sample
from tests.integration.trail import acts
from tests.processes import tsunagi
from tests.world import World

pytestmark = pytest.mark.anyio

_PAGE = "/metrics/year-end"
#: What stands beside a figure, by whether a correction changed it and how far it was closed.
_SIGNS = {(True, status): "r" for status in get_args(Status)} | {
    (False, status): "p" if status == "provisional" else "" for status in get_args(Status)
}


def _text(content: bytes) -> str:
    [page] = PdfReader(io.BytesIO(content)).pages
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
    return page.extract_text().replace("\n", "")


def test_the_workbook_has_a_sheet_for_each_goal_and_room_to_write(plan: Plan) -> None:
    release = as_stored(sample(plan))
    content = make_year_end_book(release, plan)
    assert make_year_end_book(release, plan) == content
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == [
        *(f"基本目標{goal}" for goal in plan.goals),
        "できごと",
        "この資料について",
    ]
    shown, signs = 0, set[str]()
    lines = iter(release.document.lines)
    for goal in plan.goals:
        sheet = book[f"基本目標{goal}"]
        head = [cell.value for cell in sheet[1]]
        assert head[-2:] == ["所管課の評価", "今後の取組"]
        for row in sheet.iter_rows(min_row=2, values_only=True):
            said = dict(zip(head, row, strict=True))
            line = next(lines)
            assert (line.goal, line.name) == (goal, said["指標"])
            own = line.years[-1]
            assert said["現状（2024年度）"] == (line.baseline or "-")
            assert said["目標（2030年度）"] == (line.target or "-")
            assert said["その理由"] == line.progress.reason
            value = said["2026年度"]
            assert (value is None) == (own.value is None)
            assert value is None or float(value) == float(own.value or 0)
            marks = [own.state or own.mark, _SIGNS[own.revised, own.status]]
            assert (said["2026年度の言葉・記号"] or "") == " ".join(filter(None, marks))
            signs.add(_SIGNS[own.revised, own.status])
            assert said["所管課の評価"] is said["今後の取組"] is None
            shown += 1
    assert shown == 40
    assert {"r", "p"} <= signs
    about = dict(book["この資料について"].iter_rows(min_row=2, values_only=True))
    assert about["ハッシュ（SHA-256）"] == release.hash


def test_the_summary_has_every_row_on_one_page(plan: Plan) -> None:
    release = as_stored(sample(plan))
    content = make_summary_pdf(release, plan)
    assert make_summary_pdf(release, plan) == content
    text = _text(content).replace(" ", "")
    assert release.hash in text
    assert "令和8（2026）年度" in text
    for line in release.document.lines:
        assert line.name.replace(" ", "") in text


def test_the_longest_names_still_fit_on_one_page(plan: Plan) -> None:
    document = sample(plan)
    lines = tuple(
        line.model_copy(update={"name": f"{line.row}番の" + "長い名前の指標" * 8})
        for line in document.lines
    )
    text = _text(make_summary_pdf(as_stored(document.model_copy(update={"lines": lines})), plan))
    assert all(f"{row}番の長い" in text for row in range(1, 41))


@pytest.fixture
def closed(plan: Plan) -> Published:
    """The release that closes the fiscal year 2025."""
    return first(plan)


async def test_the_page_shows_the_locked_release_and_its_files(
    quiet_world: World, plan: Plan, closed: Published
) -> None:
    [release, _] = await publish(quiet_world.settings, closed, sample(plan))
    page = await quiet_world.call("GET", f"{_PAGE}?fy=2025", "manager")
    assert page.status_code == 200
    assert release.hash in page.text
    book = await quiet_world.call("GET", f"{_PAGE}/1/progress.xlsx", "manager")
    assert book.content == make_year_end_book(release, plan)
    assert "progress-2025-release-1.xlsx" in book.headers["content-disposition"]
    paper = await quiet_world.call("GET", f"{_PAGE}/1/summary.pdf", "manager")
    assert paper.headers["content-type"] == "application/pdf"
    assert release.hash in _text(paper.content)
    # A month's release closes no year.
    for path in (f"{_PAGE}/2/summary.pdf", f"{_PAGE}/9/progress.xlsx"):
        assert (await quiet_world.call("GET", path, "manager")).status_code == 404
    for who in ("csw", "admin", "counter:csw"):
        assert (await quiet_world.call("GET", _PAGE, who)).status_code == 403
        assert (await quiet_world.call("GET", f"{_PAGE}/1/summary.pdf", who)).status_code == 403


async def test_the_page_shows_words_as_words(quiet_world: World, closed: Published) -> None:
    reason = "<script>alert(1)</script>"
    hostile = closed.model_copy(update={"status": "revised", "reason": reason})
    await publish(quiet_world.settings, hostile)
    page = await quiet_world.call("GET", f"{_PAGE}?fy=2025", "manager")
    assert "&lt;script&gt;alert(1)" in page.text
    assert reason not in page.text


async def test_a_command_writes_the_same_files(
    environment: dict[str, str], quiet_world: World, closed: Published, tmp_path: Path
) -> None:
    [release] = await publish(quiet_world.settings, closed)
    folder = tmp_path / "2025"
    printed = tsunagi(environment, "year-end", "--fy", "2025", "--folder", str(folder))
    assert printed.splitlines()[-1] == f"公表版 第1版 SHA-256 {release.hash}"
    assert acts(environment, "metrics") == [("year-end-export", "done", "1")]
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(files) == {
        "progress-2025-release-1.xlsx",
        "summary-2025-release-1.pdf",
        "indicators-2025-release-1.csv",
        "locked-2025-release-1.json",
    }
    assert [str(folder / name) in printed for name in files] == [True] * 4
    feed = await quiet_world.client.get("/metrics/feed/indicators.csv?release=1")
    assert files["indicators-2025-release-1.csv"] == feed.content
    locked = files["locked-2025-release-1.json"]
    assert json.loads(locked)["hash"] == release.hash
    assert read_json(locked) == read_csv(feed.content)
