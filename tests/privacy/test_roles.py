"""Promise: a colleague is warned about beside any role, and a client beside a role is asked."""

import pytest

from shared.privacy.guard import Guard
from tests.privacy.sentences import city_guard

_ROLES = (
    "主任ケアマネ SSW SC 民生委員 民生・児童委員 生活支援員 地区担当 世話人 サビ管 児発管"
    " 認知症地域支援推進員 生活支援コーディネーター 相談支援専門員 母子・父子自立支援員"
    " 女性相談支援員 家計改善支援員 就労定着支援員 管理栄養士 言語聴覚士 児童福祉司 児童心理司"
    " スクールカウンセラー 母子保健担当 館長 事務長 班長 福祉推進員 手話通訳士 認知症サポート医"
)
_FORMS = (
    "{role}の{name}さんへ連絡。",
    "{role}の{name}が訪問。",
    "{role}：{name}",
    "{role}・{name}が同行。",
    "{role} {name}が同席。",
    "{name}{role}が訪問。",
    "{name}さん（{role}）から電話。",
    "{name}（{role}）が同席。",
    "{name} {role}に報告。",
)


@pytest.fixture(scope="module")
def guard() -> Guard:
    return city_guard()


def _kinds(guard: Guard, text: str) -> list[str]:
    return [one.kind for one in guard.look(text)]


@pytest.mark.parametrize("role", _ROLES.split())
@pytest.mark.parametrize("form", _FORMS)
def test_a_name_beside_a_role_is_a_colleagues(guard: Guard, form: str, role: str) -> None:
    for name in ("佐藤", "岡田"):
        assert _kinds(guard, form.format(role=role, name=name)) == ["staff-name"]


@pytest.mark.parametrize(
    "text",
    [
        "須藤さん、担当者会議に出席。",
        "須藤さん 担当者会議に出席。",
        "荒木さん（介護福祉士資格あり）",
        "浅野さん（会社員）が相談。",
        "主治医\n片山さん来所。",
        "生活支援員が大西さんを訪問。",
    ],
)
def test_a_role_that_is_not_the_persons_own_makes_no_colleague(guard: Guard, text: str) -> None:
    assert _kinds(guard, text) == ["personal-name"]


@pytest.mark.parametrize(
    "text",
    ["町会長さん", "相談支援専門員さん", "世話人さん", "生活支援員と民生委員", "渡辺病院看護師"],
)
def test_a_role_alone_is_nobodys_name(guard: Guard, text: str) -> None:
    assert _kinds(guard, text) == []
