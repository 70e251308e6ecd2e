"""Names that the dictionary tears up: their place, or the signs between their parts, show them."""

import re
from collections.abc import Iterator, Sequence

from shared.privacy.lexicon import Lexicon, Token
from shared.privacy.vocabulary import KIN, NOT_PERSONS, ORDINARY

_CLOSE = re.compile(r"([一-龠々]{1,4})(?:くん|ちゃん)")
#: A year at school, 高二, is no name.
_NO_NAME = r"(?![一二三四五六七八九十小中高大両同別各元前新旧][一-龠])"
_OF_KIN = re.compile(
    rf"(?:{'|'.join(sorted(KIN, key=len, reverse=True))})[・:(「=の]?"
    rf"({_NO_NAME}[一-龠々]{{2}})(?=[のはがをにとも、。)」\s]|$)"
)


#: Names from abroad, with the sign between their parts.
_JOINED = re.compile(r"[ァ-ヴー]{2,12}(?:[・=][ァ-ヴー]{2,12}){1,4}")
#: What the dictionary says of a word that is a name and nothing else.
_ONLY_NAMES = frozenset({"一般", "姓", "名"})
_BEHIND = tuple(NOT_PERSONS)


def torn_names(
    text: str, tokens: Sequence[Token], lexicon: Lexicon
) -> Iterator[tuple[str, int, int]]:
    """Kanji before くん and ちゃん, two kanji that are no word behind a kin word, and names from
    abroad in parts, of which the first is nothing but a name.
    """
    for found in _CLOSE.finditer(text):
        if not any(found[1].endswith(word) for word in ORDINARY):
            yield "personal-name", *found.span(1)
    for found in _JOINED.finditer(text):
        first = lexicon.senses(re.split("[・=]", found[0])[0])
        a_person = not text.startswith(_BEHIND, found.end())
        if a_person and first and first <= _ONLY_NAMES:
            yield "personal-name", *found.span()
    begins = {token.start for token in tokens}
    for found in _OF_KIN.finditer(text):
        if found.start(1) in begins and not lexicon.senses(found[1]):
            yield "personal-name", *found.span(1)
