"""Names that the dictionary tears up: their place, or the signs between their parts, show them."""

import re
from collections.abc import Iterator, Sequence

from shared.privacy.lexicon import Lexicon, Token
from shared.privacy.vocabulary import HIRAGANA, KIN, NOT_PERSONS, ORDINARY

_CLOSE = re.compile(r"([一-龠々]{1,4})(?:くん|ちゃん)")
#: A year at school, 高二, is no name.
_KIN = "|".join(sorted(KIN, key=len, reverse=True))
_NO_NAME = r"(?![一二三四五六七八九十小中高大両同別各元前新旧][一-龠])"
_OF_KIN = re.compile(
    rf"(?:{_KIN})[・:(「=の]?({_NO_NAME}[一-龠々]{{2}})(?=[のはがをにとも、。)」\s]|$)"
)
#: Names that the dictionary may take for a numeral and a noun: ひ, まり.
_IN_HIRAGANA = re.compile(rf"({'|'.join(sorted(HIRAGANA))})(?=[のはがをにとも、。)」\s]|$)")
_BEHIND_KIN = re.compile(rf"(?:{_KIN})[・:(「=の]?\Z")
#: Signs of the longest kin word and of what joins it to a name.
_FAR = 1 + max(map(len, KIN))
#: A name that is spelled sign by sign before an honorific.
_SPELLED = re.compile(
    r"[ぁ-ヴ](?<![ぁ-ヿ].)・(?:[ぁ-ヴ]・){0,5}[ぁ-ヴ](?=(?:さん|様|氏|くん|ちゃん|君))"
)

#: Names from abroad, with the sign between their parts.
_JOINED = re.compile(
    r"[ァ-ヴー]{2,12}(?:[・=][ァ-ヴー]{2,12}){1,4}"
    r"|[A-Z](?<![A-Za-z].)[a-z]{1,15}(?: [A-Z][a-z]{1,15}){1,3}(?![A-Za-z])"
)
#: What somebody calls themselves; behind it a firm or a group is none of a person.
_SELF_NAMED = re.compile(
    r"(?<![ァ-ヴー・=])([ァ-ヴー]{1,12}(?:[・=][ァ-ヴー]{1,12}){0,4})"
    r"(?=と名乗(?!\w{0,3}(?:会社|業者|団体|法人|店|施設|事業所))"
    r"|という名(?!称|前?の(?:会社|業者|団体|法人|店|施設|事業所)))"
)
#: Given names that are ordinary words too, where only a child does what stands behind them.
_CHILD = (
    r"(?:息子|娘|長男|長女|[次二三四五][男女]|末っ?子|孫|兄|姉|弟|妹|甥|姪|子ども|子供)(?:さん)?"
)
_CHILD_DOES = re.compile(
    rf"{_CHILD}の([愛花幸光空海])(?=[がはも]、?"
    r"(?:不?登校|登園|通[学園]|学校|保育園|幼稚園|入学|転校|欠席|早退|家出|留守番|泣[いきく]|暴れ))"
)
_TITLED = re.compile(r"M(?<![A-Za-z]M)(?:r|rs|s|iss)\b\.? ?([A-Z][a-z]{1,15})")
#: What the dictionary says of a word that is a name and nothing else.
_ONLY_NAMES = frozenset({"一般", "姓", "名"})
_BEHIND = tuple(NOT_PERSONS)


def torn_names(
    text: str, tokens: Sequence[Token], lexicon: Lexicon
) -> Iterator[tuple[str, int, int]]:
    """Kanji before くん and ちゃん, two kanji that are no word or hiragana behind a kin word, what
    is spelled or has a title, and names from abroad in parts, the first nothing but a name, or
    as somebody gives them.
    """
    for shape in (_SPELLED, _TITLED, _CHILD_DOES):
        for found in shape.finditer(text):
            yield "personal-name", *found.span(shape.groups)
    for found in _IN_HIRAGANA.finditer(text):
        if _BEHIND_KIN.search(text, max(0, found.start() - _FAR), found.start()):
            yield "personal-name", *found.span()
    for found in _CLOSE.finditer(text):
        if not any(found[1].endswith(word) for word in ORDINARY):
            yield "personal-name", *found.span(1)
    for found in _JOINED.finditer(text):
        first = lexicon.senses(re.split("[・= ]", found[0])[0])
        a_person = not text.startswith(_BEHIND, found.end())
        if a_person and first and first <= _ONLY_NAMES:
            yield "personal-name", *found.span()
    for found in _SELF_NAMED.finditer(text):
        if _is_self(re.split("[・=]", found[1]), lexicon):
            yield "personal-name", *found.span(1)
    begins = {token.start for token in tokens}
    for found in _OF_KIN.finditer(text):
        if found.start(1) in begins and not lexicon.senses(found[1]):
            yield "personal-name", *found.span(1)


def _is_self(parts: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether one part is nothing but a name, or of several no word at all."""
    senses = [lexicon.senses(part) for part in parts]
    known = any(one and one <= _ONLY_NAMES for one in senses)
    return known or (len(parts) > 1 and any(not one for one in senses))
