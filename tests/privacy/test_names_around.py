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
