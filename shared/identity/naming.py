"""What the name of an account, of a machine or of a webhook may say."""

import re
from unicodedata import category

from shared.characters import hidden, shows_nothing, without_emoji_marks
from shared.errors import InvalidInput
from shared.privacy.findings import KINDS
from shared.privacy.guard import identifiers

#: Letters of an account's or a machine's name, and of a login: nobody signs in with more.
MOST_NAME, MOST_LOGIN = 40, 100
_INSTEAD = "職名や用途を書いてください。"
#: Letters that look the same everywhere; logins that differ in their case alone are one (ADR 21).
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]*")
#: Control characters, marks that turn the direction of a line, ends of lines, and what no font
#: knows: with them a name looks like another one, as with what shows nothing.
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
#: Behind a kanji, the mark that says which of its shapes a name is written with (UTS 37).
_SHAPE_OF_KANJI = re.compile(
    "(?<=[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]"
)
_MACHINE = "人の名前のようです。何のための鍵かを書いてください。"


def refuse_identifiers(text: str, field: str = "name") -> None:
    """Raise InvalidInput for a number, an address or the like; a name of a person may stand.

    For letters that nobody sees too, and where nothing is seen at all.
    """
    if shows_nothing(text):
        raise InvalidInput.field(field, code="missing", detail=_INSTEAD)
    plain = _SHAPE_OF_KANJI.sub("", without_emoji_marks(text))
    if hidden(plain) or any(category(letter) in _UNSEEN for letter in plain):
        detail = "改行や、目に見えない文字は使えません。入力し直してください。"
        raise InvalidInput.field(field, code="unseen-character", detail=detail)
    for kind in identifiers(text)[:1]:
        what = KINDS[kind].words.partition("。")[0]
        raise InvalidInput.field(field, code=kind, detail=f"{what}。{_INSTEAD}")


def refuse_name(name: str) -> None:
    """Raise InvalidInput for the name of an account or a machine: too long, unseen, a number."""
    _refuse_long(name, "name", MOST_NAME)
    refuse_identifiers(name)


def _refuse_long(text: str, field: str, most: int) -> None:
    if len(text) > most:
        detail = f"{most}文字までで入力してください。"
        raise InvalidInput.field(field, code="too-long", detail=detail)


def refuse_login(login: str) -> None:
    """Raise InvalidInput for letters that look like others, too many, and a telephone number.

    A login may be a mail address or a number.
    """
    _refuse_long(login, "login", MOST_LOGIN)
    if not _LOGIN.fullmatch(login):
        detail = "ログイン名は半角の英数字と . _ @ + - だけで、はじめは英数字にしてください。"
        raise InvalidInput.field("login", code="bad-login", detail=detail)
    if "telephone" in identifiers(login):
        detail = f"{KINDS['telephone'].words.partition('。')[0]}。"
        raise InvalidInput.field("login", code="telephone", detail=detail)


def refuse_person(*, named: bool) -> None:
    """Raise InvalidInput where a likely name was found in the name of a machine."""
    if named:
        raise InvalidInput.field("name", code="personal-name", detail=_MACHINE)
