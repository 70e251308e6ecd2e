"""Given names of somebody's own making: the dictionary tears them up, their place shows them."""

import re
from collections.abc import Iterator, Sequence

from shared.privacy.lexicon import Lexicon, Token
from shared.privacy.vocabulary import KIN, ORDINARY

_CLOSE = re.compile(r"([一-龠々]{1,4})(?:くん|ちゃん)")
#: A year at school, 高二, is no name.
_NO_NAME = r"(?![一二三四五六七八九十小中高大両同別各元前新旧][一-龠])"
_OF_KIN = re.compile(
    rf"(?:{'|'.join(sorted(KIN, key=len, reverse=True))})[・:(「=の]?"
    rf"({_NO_NAME}[一-龠々]{{2}})(?=[のはがをにとも、。)」\s]|$)"
)


def torn_names(
    text: str, tokens: Sequence[Token], lexicon: Lexicon
) -> Iterator[tuple[str, int, int]]:
    """Kanji before くん and ちゃん, and two kanji that are no word behind a kin word."""
    for found in _CLOSE.finditer(text):
        if not any(found[1].endswith(word) for word in ORDINARY):
            yield "personal-name", *found.span(1)
    begins = {token.start for token in tokens}
    for found in _OF_KIN.finditer(text):
        if found.start(1) in begins and not lexicon.senses(found[1]):
            yield "personal-name", *found.span(1)
