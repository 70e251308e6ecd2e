"""Promise: what stands around a word shows a name, and an ordinary word stays one."""

import pytest

from shared.privacy.guard import Guard
from tests.privacy.sentences import city_guard


@pytest.fixture(scope="module")
def guard() -> Guard:
    return city_guard()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("相談者名 高野", "高野"),
        ("相談者名：高野", "高野"),
        ("妹のさくらは施設に入っている", "さくら"),
        ("孫のひまりを預かる", "ひまり"),
        ("本人の林は留守", "林"),
        ("利用者の森が転倒した", "森"),
        ("山田ら三名で来所", "山田"),
        ("田中たちが集まる", "田中"),
        ("John Smithが同居", "John Smith"),
        ("Mr. Johnson が来所", "Johnson"),
        ("ヤ・マ・ダさんから電話", "ヤ・マ・ダ"),
        ("ワン・シャオミンと名乗る", "ワン・シャオミン"),
        ("ワン・シャオミンと名乗り、帰った", "ワン・シャオミン"),
        ("ワン・シャオミンという名で届いた", "ワン・シャオミン"),
        ("マリアと名乗る女性", "マリア"),
        ("娘の愛が登校を嫌がる", "愛"),
        ("長女の花は不登校", "花"),
        ("息子さんの光が家出をした", "光"),
        ("息子の翔が休んでいる", "翔"),
    ],
)
def test_a_name_is_asked_about(guard: Guard, text: str, name: str) -> None:
    [found] = guard.look(text)
    assert (found.kind, text[found.start : found.end]) == ("personal-name", name)


@pytest.mark.parametrize(
    "text",
    [
        "参加者名 5名",
        "保護者のしおりを配る",
        "子どものあゆみを見る",
        "母の愛が足りない",
        "娘の愛が足りない",
        "娘の愛情が薄れる",
        "娘の愛は変わらない",
        "妻の幸が薄い",
        "孫の光熱費",
        "孫の光回線",
        "娘の花が咲く",
        "娘の花屋に通う",
        "息子の将来が心配",
        "息子の夢は進学",
        "息子の心が登校を拒む",
        "息子の力が強い",
        "弟の海外赴任",
        "長男の空は広い",
        "ソーシャル・ワーカーと名乗る女性",
        "ボランティア・センターと名乗る",
        "ケア・マネと名乗る",
        "シルバーと名乗る",
        "サポート・エービーと名乗る業者",
        "レッド・クロスという名の団体",
        "カナリ・エービーという名称",
        "オレオレと名乗る電話",
        "利用者の森林浴",
        "本人の東側の部屋",
        "大人たちが集まる",
        "子どもら三名で来所",
        "Microsoft Teams で面談",
        "New York にいる",
        "整理番号123456789012の書類",
        "整理番号 2026-00123 の書類",
    ],
)
def test_an_ordinary_word_is_left_alone(guard: Guard, text: str) -> None:
    assert guard.look(text) == []
