"""Every fault of a plan's folder is named with its file, its row and its reason."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.plan import PlanError, load_plan

_PLAN = Path(__file__).parents[2] / "deploy/plans/asaka"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the plan to break."""
    return Path(shutil.copytree(_PLAN, tmp_path / "plan"))


def _faults(folder: Path) -> list[str]:
    with pytest.raises(PlanError) as refused:
        load_plan(folder)
    return [str(fault) for fault in refused.value.faults]


def _replace(old: str, new: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("file", "change", "fault"),
    [
        (
            "agencies.csv",
            _replace(
                "csw,社協 CSW,council,core,yes,2025-07-01", "csw,社協 CSW,council,core,yes,7月"
            ),
            "agencies.csv の 4 行目: 「7月」は日付ではありません（例 2025-07-01）。",
        ),
        (
            "agencies.csv",
            _replace(
                "houkatsu,地域包括支援センター,centre", "houkatsu,地域包括支援センター,center"
            ),
            "agencies.csv の 3 行目: 種別「center」はありません。",
        ),
        (
            "topics.csv",
            _replace("chiiki-kyosei;kaihatsu-kenchiku", "chiiki-kyosei;kaihatsu"),
            "topics.csv の 3 行目: 機関「kaihatsu」は agencies.csv にありません。",
        ),
        (
            "codes.csv",
            _replace("caller,family,", "caller,self,"),
            "codes.csv の 3 行目: caller に「self」が二度あります。",
        ),
        (
            "codes.csv",
            _replace("list,code,label", "list,code,name"),
            "codes.csv の 1 行目: 列「label」がありません。",
        ),
        (
            "clocks.csv",
            _replace("1 hour", "one hour"),
            "clocks.csv の 2 行目: 長さ「one hour」が読めません。",
        ),
        (
            "clocks.csv",
            _replace("case-next-step", "next-step"),
            "clocks.csv: 期限「case-next-step」がありません。",
        ),
        (
            "clocks.csv",
            _replace("after assistance-decision", "after something"),
            "clocks.csv: 期限「something」がありません。",
        ),
        (
            "routes.csv",
            _replace("社協 権利擁護", "社協 権利"),
            "routes.csv の 12 行目: 機関「社協 権利」は agencies.csv にありません。",
        ),
        (
            "indicators.csv",
            _replace("87件", "たくさん"),
            "indicators.csv の 3 行目: 「baseline」の値が読めません。",
        ),
        (
            "indicators.csv",
            _replace(",increase,27,", ",increase,26,"),
            "indicators.csv の 35 行目: same_as が「shakyo-consultations」の最初の行と合いません。",
        ),
        (
            "counting.toml",
            _replace('activity = "donation"', 'activity = "gift"'),
            "「donations」の activity に知らない値「gift」があります。",
        ),
        (
            "counting.toml",
            _replace("[donations]", "[gifts]"),
            "counting.toml: 指標「donations」の数え方がありません。",
        ),
        (
            "counting.toml",
            _replace('method = "state-last"', 'method = "guess"'),
            "「integrated-support-system」の規則が読めません（method）。",
        ),
        (
            "codes.csv",
            _replace("outcome,resolved,", "outcome,res olved,"),
            "コード「res olved」は小文字の英数字とハイフンで書いてください。",
        ),
        (
            "indicators.csv",
            _replace("1,1,市,", "1,1,国,"),
            "indicators.csv の 2 行目: 「owner」の値が読めません。",
        ),
        (
            "plan.toml",
            _replace('coordinator = "chiiki-kyosei"', 'coordinator = "nobody"'),
            "plan.toml: coordinator が agencies.csv にありません。",
        ),
        (
            "plan.toml",
            _replace('area_code = "112275"', 'area_code = "112274"'),
            "plan.toml: area_code は検査数字までの 6 桁の全国地方公共団体コードです。",
        ),
        (
            "annotations.csv",
            _replace("2025-07-01,desk", "7月,desk"),
            "annotations.csv の 3 行目: 「7月」は日付ではありません（例 2025-07-01）。",
        ),
        (
            "annotations.csv",
            _replace("2025-07-01,desk,no", "2025-07-01,news,no"),
            "annotations.csv の 3 行目: 「kind」の値が読めません。",
        ),
        (
            "annotations.csv",
            _replace("desk,no,csw-consultations", "desk,maybe,csw-consultations"),
            "annotations.csv の 3 行目: 「breaks」の値が読めません。",
        ),
        (
            "annotations.csv",
            _replace("no,csw-consultations", "no,csw"),
            "annotations.csv の 3 行目: 指標「csw」は indicators.csv にありません。",
        ),
        (
            "indicators.csv",
            _replace("連携会議への", "連携会議\x00への"),
            "indicators.csv の 3 行目: 使えない文字（制御文字）が含まれています。",
        ),
        (
            "plan.toml",
            _replace('city = "朝霞市"', 'city = "朝\\u0000霞市"'),
            "plan.toml: 使えない文字（制御文字）が含まれています。",
        ),
        (
            "plan.toml",
            _replace("threshold = 10", 'threshold = "ten"'),
            "plan.toml: 「disclosure.threshold」の値が正しくありません。",
        ),
        (
            "plan.toml",
            _replace('before = ["topics", "urgency", "reason"]', 'before = ["name"]'),
            "plan.toml: 「bases.support-conference.before.0」の値が正しくありません。",
        ),
        (
            "plan.toml",
            _replace("[bases.anonymous]", "[bases.secret]"),
            "plan.toml: 共有の根拠「anonymous」の範囲がありません。",
        ),
        (
            "plan.toml",
            _replace('"60-64"]', '"60-64", "65-74"]'),
            "plan.toml: 年齢区分「65-74」は、age_groups のどれか一つに入れてください。",
        ),
        (
            "plan.toml",
            _replace("65-over = [", "old = ["),
            "plan.toml: age_groups と codes.csv の age_group で「65-over」が合いません。",
        ),
        (
            "topics.csv",
            _replace("\ndv,DV,", "\ndv-and-more,DV,"),
            "topics.csv: 相談内容「dv」がありません（虐待・DV の守りに要ります）。",
        ),
        (
            "slip.toml",
            _replace("[vi]", "[fr]"),
            "slip.toml: 言語「vi」がありません。",
        ),
        (
            "slip.toml",
            _replace('destination = "Where to go"\n', ""),
            "slip.toml の 33 行目: 「en.destination」がありません。",
        ),
        (
            "slip.toml",
            _replace('title = "您的转介号码"', 'title = "您的转介號码"'),
            "slip.toml の 47 行目: 「zh.title」：印刷できない文字「號」があります。",
        ),
        (
            "slip.toml",
            _replace("あなたの [番号|ばんごう]", "あなたの 番号"),
            "slip.toml の 19 行目: 「ja-easy.title」：漢字「番」にふりがながありません。",
        ),
        (
            "slip.toml",
            _replace("[番号|ばんごう]の ひかえ", "[番号|number]の ひかえ"),
            "「ja-easy.neutral.title」：ふりがなは [漢字|かんじ] の形で書いてください。",
        ),
        (
            "slip.toml",
            _replace("{year}-{month:02}-{day:02}", "{year}-{month:02}"),
            "「en.date」：日付には {year}・{month}・{day} を書いてください。",
        ),
        (
            "slip.toml",
            _replace("[権利|けんり][擁護|ようご]", "[権利|けんり]"),
            "「readings.shakyo-kenri」：agencies.csv の名前と合いません。",
        ),
    ],
)
def test_a_fault_is_named(
    folder: Path, file: str, change: Callable[[Path], None], fault: str
) -> None:
    change(folder / file)
    assert any(found.endswith(fault) for found in _faults(folder)), _faults(folder)


@pytest.mark.parametrize("file", ["agencies.csv", "codes.csv", "plan.toml", "counting.toml"])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    assert f"{file}: ファイルがありません。" in _faults(folder)


def test_a_file_in_another_encoding_is_named(folder: Path) -> None:
    path = folder / "agencies.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp932", errors="replace"))
    assert "agencies.csv: 文字コードが UTF-8 ではありません。" in _faults(folder)


def test_one_bad_row_does_not_accuse_the_others(folder: Path) -> None:
    _replace("87件", "たくさん")(folder / "indicators.csv")
    told = [fault for fault in _faults(folder) if fault.startswith("indicators.csv")]
    assert told == ["indicators.csv の 3 行目: 「baseline」の値が読めません。"]


def test_all_faults_are_told_at_once(folder: Path) -> None:
    _replace("1 hour", "one hour")(folder / "clocks.csv")
    _replace("87件", "たくさん")(folder / "indicators.csv")
    assert {fault.split(" ")[0] for fault in _faults(folder)} >= {"clocks.csv", "indicators.csv"}


def test_a_byte_order_mark_from_a_spreadsheet_does_no_harm(folder: Path) -> None:
    path = folder / "agencies.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(load_plan(folder).agencies) == 27
