"""What stands behind a label: a name, unless it says that none was given."""

import re

from shared.privacy.lexicon import Token
from shared.privacy.vocabulary import BLANKS

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
