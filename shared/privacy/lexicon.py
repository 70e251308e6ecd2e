"""The dictionary of words: the words of a text, and what a word can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sudachipy import Dictionary, Morpheme, SplitMode

#: The dictionary takes at most 49,149 bytes at once.
_CHUNK = 10_000
#: The dictionary takes kana in brackets for the reading of the word before, and skips them.
_BRACKETS = str.maketrans("()", "〔〕")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, its place in the normalised text, and its part of speech."""

    surface: str
    start: int
    end: int
    speech: Sequence[str]
    unknown: bool

    @property
    def person(self) -> str:
        """姓, 名 or 一般 of a name; empty for any other word."""
        return self.speech[3] if self.speech[2] == "人名" else ""

    @property
    def ends_phrase(self) -> bool:
        """Whether it may follow a name that stands alone: a particle, a sign, a copula."""
        return self.speech[0] in ("助詞", "補助記号", "助動詞", "空白", "記号")


@cache
def _dictionary() -> Dictionary:
    """The dictionary, which nothing changes: 70 MB, once for a process of several services."""
    return Dictionary(dict="core")


class Lexicon:
    """What the dictionary says about words; `tokens` and `senses` answer."""

    def __init__(self) -> None:
        self._dictionary = _dictionary()
        self._tokenizer = self._dictionary.tokenizer(SplitMode.C)
        #: The dictionary knows some hundred parts of speech; asking anew for each word takes long.
        self._speech: dict[int, Sequence[str]] = {}

    def tokens(self, text: str) -> list[Token]:
        """The words of a text of any length."""
        found = []
        read = text.translate(_BRACKETS)
        for start in range(0, len(text), _CHUNK):
            for word in self._tokenizer.tokenize(read[start : start + _CHUNK]):
                place = (start + word.begin(), start + word.end())
                if place[0] < place[1]:
                    surface = text[slice(*place)]
                    found.append(Token(surface, *place, self._part(word), word.is_oov()))
        return found

    def _part(self, word: Morpheme) -> Sequence[str]:
        key = word.part_of_speech_id()
        if key not in self._speech:
            self._speech[key] = word.part_of_speech()
        return self._speech[key]

    def senses(self, word: str) -> set[str]:
        """What a word can be: 姓, 名, 一般 (a name), 地名, 固有 (another proper noun), 普通."""
        found = set()
        for entry in self._dictionary.lookup(word):
            speech = entry.part_of_speech()
            if speech[2] == "人名":
                found.add(speech[3])
            elif speech[1] == "固有名詞":
                found.add("地名" if speech[2] == "地名" else "固有")
            else:
                found.add("普通" if speech[0] != "動詞" else "動詞")
        return found
