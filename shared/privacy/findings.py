"""What the guard can find, how strictly each kind is treated, and what to write instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How a finding is treated; the higher one wins where two lie over each other."""

    #: Shown, and taken all the same.
    WARN = 1
    #: Taken after the writer has said that it is no name.
    CONFIRM = 2
    #: Never taken.
    BLOCK = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding: its stable code, its level, and the words for whoever typed it."""

    code: str
    level: Level
    words: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in the original text, in code points, `end` behind the last. It has no text."""

    kind: str
    start: int
    end: int
    level: Level


_BLOCKED = {
    "e-mail": "メールアドレスは書けません。「メールでの連絡を希望」のように書いてください。",
    "telephone": "電話番号は書けません。「折り返しの連絡先を確認済み」のように書いてください。",
    "postal-code": "郵便番号は書けません。地区（東・西・南・北など）の欄を使ってください。",
    "my-number": "マイナンバーは書けません。「本人確認済み」のように書いてください。",
    "address": "丁目・番地・部屋番号は書けません。「市内」「東地区」のように書いてください。",
    "birth-date": "生年月日は書けません。「70代」「高校生」のように書いてください。",
    "account-number": "口座などの番号は書けません。「振込先を確認済み」のように書いてください。",
    "insurance-number": "保険証や手帳などの番号は書けません。「国保加入」のように書いてください。",
    "care-insurance-number": "介護保険の番号は書けません。「要介護2」のように書いてください。",
    "messaging-id": "SNSやLINEのIDは書けません。「SNSでやりとり」のように書いてください。",
    "car-plate": "車のナンバーは書けません。「自家用車あり」のように書いてください。",
}
#: Every kind by its code.
KINDS: Mapping[str, Kind] = {
    **{code: Kind(code, Level.BLOCK, words) for code, words in _BLOCKED.items()},
    "personal-name": Kind(
        "personal-name",
        Level.CONFIRM,
        "人の名前のようです。「本人」「長男」「隣人」のように書いてください。",
    ),
    "staff-name": Kind(
        "staff-name",
        Level.WARN,
        "職員の名前のようです。「社協のCSW」のように、職名だけでも伝わります。",
    ),
}


def finding(kind: str, span: tuple[int, int]) -> Finding:
    """A finding of this kind at this place."""
    return Finding(kind, *span, KINDS[kind].level)
