"""What is printed: every text has its letters, furigana its marks, a QR code its digits."""

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from services.intake.domain.slip import destinations_of
from shared.handover_code import read_code
from shared.paper.fonts import GETA, lacking, letters_of, runs
from shared.paper.qr import qr_of
from shared.paper.ruby import Piece, parse, plain, unread
from shared.paper.setting import set_lines
from shared.plan import Plan
from shared.plan.slips import SLIP_LANGUAGES


def _wide(piece: Piece) -> float:
    return float(len(piece.base))


def test_every_language_is_there_and_every_label_of_the_plan_can_be_printed(plan: Plan) -> None:
    assert set(plan.slips.words) == set(SLIP_LANGUAGES)
    names = [agency.name for agency in plan.agencies.values()]
    labels = [label for codes in plan.codes.values() for label in codes.values()]
    topics = [topic.label for topic in plan.topics.values()]
    assert lacking("".join([plan.city, *names, *labels, *topics]), "ja") == []


def test_the_fonts_leave_room_for_other_words() -> None:
    assert set(map(ord, "髙﨑葛飾")) <= letters_of("ja")
    assert len(letters_of("ko") & set(range(0xAC00, 0xD7A4))) == 11172
    assert len(letters_of("zh") & set(range(0x4E00, 0xA000))) >= 3755
    assert lacking("Ẵẵ ộ ỹ ₫", "vi") == []


def test_what_no_font_has_is_a_printers_mark_and_never_an_empty_box() -> None:
    assert "".join(text for _, text in runs("家計😀です", "ja")) == f"家計{GETA}です"
    assert list(runs("朝霞 한국", "ja")) == [("ja", "朝霞 "), ("ko", "한국")]


def test_furigana_is_read_from_its_marks() -> None:
    line = parse("あなたの[番号|ばんごう]です")
    assert line == (Piece("あなたの"), Piece("番号", "ばんごう"), Piece("です"))
    assert (plain(line), unread(line), unread(parse("番号"))) == ("あなたの番号です", "", "番")


@pytest.mark.parametrize("text", ["[番号", "番号]", "[番号|]", "[|ばん]", "[番号|bango]", "番|号"])
def test_a_broken_mark_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="mark"):
        parse(text)


def test_no_line_begins_with_a_full_stop_and_no_word_is_torn() -> None:
    def lines(text: str, language: str, width: float) -> list[str]:
        found = set_lines(parse(text), language, width, _wide)
        return ["".join(p.base for u in units for p in u.pieces) for units in found]

    assert lines("あいうえ。かき", "ja", 4) == ["あいう", "え。かき"]
    assert lines("say the number", "en", 8) == ["say the", "number"]
    assert lines("abcdefgh", "en", 3) == ["abc", "def", "gh"]
    assert lines("[次|つぎ]の [人|ひと]に", "ja", 4) == ["次の", "人に"]
    assert lines("[休|やす]みは：[祝日|しゅくじつ]に", "ja", 5) == ["休みは：", "祝日に"]
    assert lines("次の 人に", "ja", 4) == ["次の 人", "に"]


def test_a_reader_finds_the_digits_in_the_qr_code() -> None:
    code = qr_of("482915037")
    picture = Image.new("L", (code.size * 4, code.size * 4), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, length in code.runs:
        pen.rectangle((x * 4, y * 4, (x + length) * 4 - 1, y * 4 + 3), fill=0)
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == ["482915037"]


@pytest.mark.parametrize("dash", "-－ー‐‑–—−　\t")
def test_a_code_is_read_with_every_dash_and_what_a_scanner_adds(dash: str) -> None:
    assert read_code(f"000{dash}000{dash}000\r\n") == "000-000-000"


def test_a_slip_names_where_to_go_now() -> None:
    assert destinations_of(["a", "b"], []) == ("a", "b")
    assert destinations_of(["a", "b"], [("a", False), ("c", True)]) == ("b", "c")
    assert destinations_of(["a"], [("a", False), ("a", True)]) == ("a",)
