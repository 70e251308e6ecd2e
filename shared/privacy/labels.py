"""What stands behind a label: a name, unless it says that none was given."""

import re
from collections.abc import Sequence

from shared.privacy.lexicon import Lexicon, Token
from shared.privacy.vocabulary import BLANKS, FREQUENT, HONORIFICS, PERSONS, SOMEBODY

_SIGNS = ":= /"
#: What ends an entry, or tells more of whoever it names.
_ENDS = frozenset("\n。()・/")
#: An entry has its line or its sentence to itself, and a sign or a space behind its label.
_ENTRY = re.compile(rf"(?:^|(?<=[\n。])) ?([一-龠]{{2,4}}) ?[{_SIGNS}] ?\Z")
_LONGEST = 9
KATAKANA = re.compile(r"[ァ-ヴー・=]{2,}")


def fills_label(token: Token, senses: set[str]) -> bool:
    """Whether a word behind a label may be the name that the label asks for."""
    if token.surface in BLANKS or token.speech[0] not in ("名詞", "動詞", "形状詞"):
        return False
    names = bool(senses & {"姓", "名"}) or bool(token.person)
    return (
        names
        or (token.unknown and not token.surface.isdigit())
        or (bool(KATAKANA.fullmatch(token.surface)) and "普通" not in senses)
    )


def fills_entry(text: str, tokens: Sequence[Token], at: int, lexicon: Lexicon) -> bool:
    """Whether a family name that is a place as well is a whole entry of a form: 本人：大山.

    Where an entry tells a place (住まい 本人：川口) or the next one follows (母：大宮), it is none.
    """
    start = tokens[at].start
    label = _ENTRY.search(text, max(0, start - _LONGEST), start)
    if label is None or label[1] not in SOMEBODY:
        return False
    surface = tokens[at].surface
    if surface not in FREQUENT and not {"姓", "地名"} <= lexicon.senses(surface):
        return False
    behind = [token.surface for token in tokens[at + 1 : at + 4]]
    if not behind or behind[0] in _ENDS or behind[0] in HONORIFICS:
        return True
    listed = len(behind) == 3 and behind[1] in PERSONS and behind[2] in _SIGNS
    return behind[0] in "、, " and not listed
