"""What the name of an account, of a machine or of a webhook may say."""

import re
from unicodedata import category

from shared.errors import InvalidInput
from shared.privacy.findings import KINDS
from shared.privacy.guard import identifiers

_INSTEAD = "職名や用途を書いてください。"
#: Letters that look the same everywhere; logins that differ in their case alone are one (ADR 21).
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]*")
#: Control characters, marks that turn the direction of a line or show nothing, ends of lines, and
#: what no font knows: with them a name looks like another one.
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_MACHINE = "人の名前のようです。何のための鍵かを書いてください。"


def refuse_identifiers(text: str, field: str = "name") -> None:
    """Raise InvalidInput for a number, an address or the like; a name of a person may stand.

    For letters that nobody sees too.
    """
    if any(category(letter) in _UNSEEN for letter in text):
        detail = "改行や、目に見えない文字は使えません。入力し直してください。"
        raise InvalidInput.field(field, code="unseen-character", detail=detail)
    for kind in identifiers(text)[:1]:
        what = KINDS[kind].words.partition("。")[0]
        raise InvalidInput.field(field, code=kind, detail=f"{what}。{_INSTEAD}")


def refuse_login(login: str) -> None:
    """Raise InvalidInput for letters that look like others, and for a telephone number.

    A login may be a mail address or a number.
    """
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
