"""Entries of a form, houses behind の, spaced-out addresses and names in Latin letters."""

import pytest

from shared.privacy.guard import Guard
from tests.privacy.sentences import city_guard


@pytest.fixture(scope="module")
def guard() -> Guard:
    return city_guard()


def _found(guard: Guard, text: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in guard.look(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("本人：大山", "大山"),
        ("本人：川口", "川口"),
        ("申込者：大山（七十代）", "大山"),
        ("依頼者 川口", "川口"),
        ("来所の件。\n相談者：上野、娘のことで来所。", "上野"),
        ("届出者＝福島", "福島"),
        ("本人：林", "林"),
        ("satou san", "satou"),
        ("Sato-sanより電話。", "Sato"),
        ("ｔａｎａｋａ　ｓａｍａと話す", "ｔａｎａｋａ"),
        ("yamada taro", "yamada taro"),
        ("Taro Yamada", "Taro Yamada"),
        ("SUZUKI, Hanako", "SUZUKI, Hanako"),
        ("鍵 watanabe_kenji", "watanabe_kenji"),
    ],
)
def test_a_name_is_found(guard: Guard, text: str, name: str) -> None:
    assert ("personal-name", name) in _found(guard, text)


@pytest.mark.parametrize("text", ["CSW satou san", "ケアマネのTanaka san"])
def test_beside_a_role_it_is_a_colleague(guard: Guard, text: str) -> None:
    assert [kind for kind, _ in _found(guard, text)] == ["staff-name"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("address", "浜崎の1の2に住む"),
        ("address", "浜崎の１－２"),
        ("address", "自宅は溝沼の三の五の一。"),
        ("telephone", "TEL：０４８＝４６３＝１１１１"),
        ("telephone", "090=1234=5678へ"),
        ("e-mail", "t a r o @ d o c o m o . n e . j p"),
        ("e-mail", "ｈ　ａ　ｎ　ａ　＠　ｅ　ｘ　．　ｊ　ｐ　へ"),
    ],
)
def test_an_identifier_is_found(guard: Guard, kind: str, text: str) -> None:
    assert kind in [found for found, _ in _found(guard, text)]


@pytest.mark.parametrize(
    "text",
    [
        "本人：川口に転居したい。",
        "本人：上野で転倒。",
        "本人：川口市から転入。",
        "本人 大山に登るのが好き。",
        "本人：川口、母：大宮に住む。",
        "住まい 本人：川口",
        "長男：川口、次男：大宮",
        "本人：同意",
        "相談者：希望なし",
        "申込者：女性",
        "依頼者：東京",
        "依頼者：埼玉",
        "本人：浜崎",
        "浜崎の1-2班で話し合う。",
        "溝沼の3の会議と4の会議。",
        "根岸台の5-6軒が困っている。",
        "朝霞の10-20代が来る。",
        "宮戸の1-2年生の見守り。",
        "浜崎の3-1で勝った試合。",
        "1=2=3と数える。",
        "048=市外局番",
        "A B @ C D E",
        "a @ b . c",
        "okaa san",
        "Fuji san に登る。",
        "mina san",
        "san 3",
        "Ueno san-chome のバス停。",
        "Kaori の香り。",
        "Honda Accord に乗る。",
        "Suzuki Method の教室。",
        "Yamada Denki で買う。",
        "前田の踏切で待つ。",
        "田中の交差点を右に。",
        "kiroku export",
    ],
)
def test_what_only_looks_like_it_is_clean(guard: Guard, text: str) -> None:
    assert _found(guard, text) == []
