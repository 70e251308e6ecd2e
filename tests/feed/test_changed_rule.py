"""Where another version of a rule counted a year, every form breaks the series and says so."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from services.metrics.domain.changes import Change, change_into
from services.metrics.domain.counted_years import handed_on
from services.metrics.domain.notes import notes_beside
from services.metrics.domain.published import Published
from services.metrics.domain.releasing import canonical
from services.metrics.domain.revisions import against
from services.metrics.feed.addresses import Addresses
from services.metrics.feed.as_csv import make_csv
from services.metrics.feed.as_json import make_json
from services.metrics.feed.as_xlsx import make_xlsx
from services.metrics.feed.year_end_book import make_year_end_book
from services.metrics.pages.published_view import behind_of, sections_of
from shared.plan import Plan
from tests.feed.samples import as_stored, publish, sample
from tests.world import World

_ID, _OLD, _NEW = "liaison-meetings", "会議の回数を数えました。", "会議と訪問の回数を数えました。"
_SAID = "2027年度は数え方の第2版、2026年度は第1版で数えました。"


def _changed(plan: Plan, versions: tuple[int, ...] = (1, 1, 2)) -> Published:
    """A release of 2027 whose line was counted by these versions from 2025 on."""
    made = sample(
        plan, period="2027", fiscal_year=2027, until=date(2028, 3, 31), number=1, previous=None
    )
    lines = []
    for line in made.lines:
        if line.id == _ID:
            cells = tuple(
                line.years[-1].model_copy(
                    update={
                        "fiscal_year": 2025 + place,
                        "value": Decimal(80 + place),
                        "mark": "",
                        "definition_version": version,
                        "counted_how": None if version == versions[-1] else _OLD,
                    }
                )
                for place, version in enumerate(versions)
            )
            told = {"definition_version": versions[-1], "counted_how": _NEW, "years": cells}
            lines.append(line.model_copy(update=told))
        else:
            lines.append(line)
    notes = notes_beside(plan, lines, made.until, {})
    return made.model_copy(update={"lines": tuple(lines), "notes": notes})


def _rows(content: bytes, sheet: str) -> list[dict[str, Any]]:
    head, *rows = load_workbook(io.BytesIO(content))[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_no_change_is_told_across_the_break(plan: Plan) -> None:
    document = _changed(plan)
    line = next(one for one in document.lines if one.id == _ID)
    changes = [change_into(line, cell, document, plan.baseline_year) for cell in line.years]
    assert changes[1:] == [Change(Decimal(1)), Change(None, "broken")]
    same = _changed(plan, (1, 1, 1))
    assert change_into(line, line.years[-1], same, plan.baseline_year) == Change(Decimal(1))


def test_the_chart_and_the_line_beside_a_row_break(plan: Plan) -> None:
    document = _changed(plan)
    line = next(one for one in document.lines if one.id == _ID)
    behind = behind_of(document, plan, line)
    assert behind.years is not None
    assert len(behind.years.breaks) == 1
    assert _SAID in behind.years.plot.described
    rows = [row for one in sections_of(document, plan) for row in one.rows if row.line.id == _ID]
    assert [len(run.split(" ")) for run in rows[0].spark.runs] == [2]
    assert rows[0].trend == Change(None, "broken")


_NEWER = "2025年度は、計画の現状（2024年度）より新しい数え方（第3版）で数えました。"


@pytest.mark.parametrize(
    ("years", "since", "wanted"),
    [
        ([(2025, 3)], date(2026, 4, 1), [_NEWER]),
        ([(2025, 3), (2026, 3)], date(2025, 4, 1), [_NEWER]),
        ([(2025, 3)], date(2025, 3, 31), []),
        ([(2026, 3)], date(2026, 4, 1), []),
        ([(2024, None), (2025, 3)], date(2026, 4, 1), [_NEWER]),
        # The plan's own year is in the line: nothing is compared with its 現状.
        ([(2024, 80), (2025, 3)], date(2026, 4, 1), []),
    ],
)
def test_a_rule_newer_than_the_plan_breaks_behind_its_present(
    plan: Plan, years: list[tuple[int, int | None]], since: date, wanted: list[str]
) -> None:
    line = next(one for one in _changed(plan).lines if one.id == _ID)
    cells = tuple(
        line.years[-1].model_copy(
            update={
                "fiscal_year": year,
                "value": None if value is None else Decimal(value),
                "mark": "-" if value is None else "",
                "definition_version": 3,
            }
        )
        for year, value in years
    )
    line = line.model_copy(update={"years": cells, "definition_version": 3})
    notes = notes_beside(plan, [line], date(2027, 3, 31), {(_ID, 3): since})
    found = [note for note in notes if note.breaks]
    assert [(note.words, note.on, note.indicators) for note in found] == [
        (words, date(2025, 4, 1), (_ID,)) for words in wanted
    ]


def test_csv_says_by_which_version_each_year_was_counted(plan: Plan) -> None:
    text = make_csv(as_stored(_changed(plan)), plan, bom=False).decode()
    found = {
        row["fiscal_year"]: (row["definition_version"], row["definition"], row["note"])
        for row in csv.DictReader(io.StringIO(text, newline=""))
        if row["indicator"] == _ID and row["measure"] == "value" and row["table"] == "plan"
    }
    assert found == {
        "2025": ("1", _OLD, ""),
        "2026": ("1", _OLD, ""),
        "2027": ("2", _NEW, f"‖ 2027-04-01 より前の値とは比べられません。{_SAID}"),
    }


def test_workbooks_say_it_too(plan: Plan) -> None:
    release = as_stored(_changed(plan))
    content = make_xlsx(release, plan)
    [row] = [row for row in _rows(content, "計画の指標") if row["指標ID"] == _ID]
    told = [row[f"{year}年度の数え方の版"] for year in (2025, 2026, 2027)]
    assert (told, row["数え方の版"]) == ([1, 1, 2], 2)
    how = [row for row in _rows(content, "数え方") if row["指標ID"] == _ID]
    assert [(row["数え方の版"], row["数え方"]) for row in how] == [(2, _NEW), (1, _OLD)]
    for book in (content, make_year_end_book(release, plan)):
        [note] = [row for row in _rows(book, "できごと") if row["指標ID"] == _ID]
        assert (note["種類"], note["できごと"]) == ("数え方の変更", _SAID)
        assert note["前後の比較"] == "‖ 比べられません"


def test_json_has_versions_and_the_break(plan: Plan) -> None:
    content = make_json(as_stored(_changed(plan)), plan.area_code, Addresses("http://127.0.0.1"))
    document = json.loads(content)["document"]
    [line] = [line for line in document["lines"] if line["id"] == _ID]
    assert [one["definition_version"] for one in line["years"]] == [1, 1, 2]
    assert [one.get("counted_how") for one in line["years"]] == [_OLD, _OLD, None]
    [note] = [one for one in document["notes"] if one["indicators"] == [_ID]]
    assert (note["on"], note["breaks"]) == ("2027-04-01", True)


@pytest.mark.anyio
async def test_the_page_marks_the_break_and_keeps_the_old_words(
    quiet_world: World, plan: Plan
) -> None:
    await publish(quiet_world.settings, _changed(plan))
    text = (await quiet_world.client.get(f"/metrics/releases/1/indicators/{_ID}")).text
    assert f"{_SAID}（‖ この日の前と後の値は比べられません）" in text
    assert 'class="break"' in text
    assert "数え方が変わりました" in text
    assert f"2026年度の数え方（第1版）</strong>　{_OLD}" in text


def test_a_release_that_did_not_tell_versions_stays_as_it_was(plan: Plan) -> None:
    document = sample(plan)
    text, digest = canonical(document)
    cells = [cell for line in json.loads(text)["lines"] for cell in line["years"]]
    assert {"definition_version", "counted_how"}.isdisjoint(name for cell in cells for name in cell)
    assert as_stored(document).hash == digest
    line = document.lines[1]
    own = handed_on(line, whole=True)
    assert (own.definition_version, own.counted_how) == (line.definition_version, line.counted_how)
    assert own.value == line.years[-1].value


def test_a_correction_by_another_version_is_the_first_to_say_so(plan: Plan) -> None:
    before = _changed(plan, (1, 1, 1))
    corrected = {"number": 2, "status": "revised", "reason": "数え直しました。"}
    for versions, release in (((1, 1, 1), before.lines[1].years[-1].release), ((1, 1, 2), 2)):
        made = _changed(plan, versions).model_copy(update=corrected)
        line = made.lines[1]
        own = line.years[-1].model_copy(update={"release": 2, "status": "revised"})
        line = line.model_copy(update={"years": (*line.years[:-1], own)})
        told = against(made.model_copy(update={"lines": (line,)}), before)
        assert told.lines[0].years[-1].release == release
