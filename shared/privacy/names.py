"""Likely names of people: what the dictionary calls a name, and what words around it say."""

import re
from collections.abc import Iterator

from shared.privacy.labels import KATAKANA, fills_entry, fills_label
from shared.privacy.lexicon import Lexicon, Token
from shared.privacy.roles import Roles
from shared.privacy.roman_names import roman_names
from shared.privacy.torn_names import torn_names
from shared.privacy.vocabulary import (
    AMBIGUOUS,
    AREAS,
    CLOSE_HONORIFICS,
    FIRMS,
    FREQUENT,
    GIVEN,
    GROUPS,
    HIRAGANA,
    HONORIFICS,
    HOUSES,
    KIN,
    LABELS,
    LANDMARKS,
    NOT_PERSONS,
    ORDINARY,
    PERSONS,
    PETS,
    ROLES,
    SOMEBODY,
)

_FOREIGN = re.compile(r"[ァ-ヴー・=]+")
_HIRAGANA = re.compile(r"[ぁ-んー]{2,6}")
_KANJI = re.compile(r"[一-龠々ヶ𠀀-𰀀]+")
_ROMAN = re.compile(r"[A-Z][a-z]+|[a-z]{3,}|[A-Z]{5,}")
#: Ordinary words that cannot end a name; the dictionary takes some apart.
_LONG_ORDINARY = tuple(word for word in ORDINARY if len(word) > 2)
#: Family names that are hardly anything else.
_HARDLY_ELSE = FREQUENT - AMBIGUOUS
#: Behind 氏, a disease's: バセドウ氏病.
_ILLNESS = frozenset({"病", "症", "反応"})
_ERAS = ("明治", "大正", "昭和", "平成", "令和")
_SPACES = " \n"
_SUBJECT = frozenset("はがもと、。")
_JOINTS = frozenset(":・=「『(、は がのも　/")


class Reading:
    """One text, word by word. `places` are the city's own place names."""

    def __init__(self, text: str, lexicon: Lexicon, places: frozenset[str]) -> None:
        self._text = text
        self._lexicon = lexicon
        self._places = places
        self._tokens = lexicon.tokens(text)
        self._roles = Roles(text, self._tokens)

    def names(self) -> Iterator[tuple[str, int, int]]:
        """Kind and span of every likely name."""
        for at, token in enumerate(self._tokens):
            if len(token.surface) == 1 and token.ends_phrase:
                continue
            if (begin := self._name_before_honorific(at)) is not None:
                yield self._named(begin, at)
            elif (begin := self._name_before_role(at)) is not None:
                yield "staff-name", self._tokens[begin].start, self._tokens[at - 1].end
            elif self._roles.at(at):
                continue
            elif (end := self._name_at(at)) is not None:
                yield self._named(at, end)
        yield from torn_names(self._text, self._tokens, self._lexicon)
        for begin, end in roman_names(self._text, self._tokens):
            yield self._named(begin, end)

    def places(self) -> Iterator[int]:
        """Where the name of a place ends."""
        return (token.end for token in self._tokens if token.speech[2] == "地名")

    def _named(self, begin: int, end: int) -> tuple[str, int, int]:
        """The name from word `begin` to before `end`: a colleague's beside a role."""
        staff = self._roles.before(begin) or self._roles.behind(end)
        kind = "staff-name" if staff else "personal-name"
        return kind, self._tokens[begin].start, self._tokens[end - 1].end

    # Names that a word behind them shows

    def _name_before_honorific(self, at: int) -> int | None:
        """Where the name before the honorific at `at` begins; None if none does."""
        token = self._tokens[at]
        if token.surface not in HONORIFICS or token.speech[0] not in ("接尾辞", "名詞", "代名詞"):
            return None
        last = self._before(at)
        if last is None or self._roles.ends(last):
            return None
        if token.surface == "氏" and self._follows(at, _ILLNESS):
            return None
        if not self._called(self._tokens[last], token.surface):
            return None
        return self._begin(last)

    def _follows(self, at: int, words: frozenset[str]) -> bool:
        return at + 1 < len(self._tokens) and self._tokens[at + 1].surface in words

    def _called(self, word: Token, honorific: str) -> bool:
        """Whether a word before an honorific is a name."""
        surface = word.surface
        close = honorific in CLOSE_HONORIFICS or honorific == "君"
        if surface in ORDINARY or (close and surface in PETS):
            return False
        if self._text.endswith(_LONG_ORDINARY, 0, word.end):
            return False
        senses = self._lexicon.senses(surface)
        if surface.isascii():
            known = surface[0].islower() and "普通" in senses
            return bool(_ROMAN.fullmatch(surface)) and not known
        if word.person or senses & {"姓", "名"}:
            return word.speech[0] not in ("助詞", "助動詞", "接頭辞") or len(surface) > 1
        if KATAKANA.fullmatch(surface):
            return not senses - {"一般"}
        if close and _HIRAGANA.fullmatch(surface):
            return word.speech[0] == "名詞" or "普通" not in senses
        return word.unknown and bool(_KANJI.fullmatch(surface))

    def _name_before_role(self, at: int) -> int | None:
        last = self._before(at)
        if last is None:
            return None
        word = self._tokens[last]
        known = word.person in ("姓", "名") and word.surface not in self._places
        if not known and word.surface not in _HARDLY_ELSE:
            return None
        area = self._tokens[at].surface in AREAS and word.surface not in _HARDLY_ELSE
        return self._begin(last) if not area and self._roles.begins(at) else None

    def _begin(self, last: int) -> int:
        """Where a name that ends with word `last` begins: its family name, or its other parts."""
        begin = last
        while (before := self._before(begin)) is not None:
            word, gap = self._tokens[before], begin - before > 1
            if self._roles.ends(before):
                break
            parts = (word.surface, self._tokens[begin].surface)
            if not gap and all(map(_FOREIGN.fullmatch, parts)):
                begin = before
            elif word.person == "姓" and word.surface not in HONORIFICS:
                return before
            elif _ROMAN.fullmatch(word.surface) and _ROMAN.fullmatch(self._tokens[begin].surface):
                begin = before
            else:
                break
        return begin

    # Names that a word before them, or they themselves, show

    def _name_at(self, at: int) -> int | None:
        """Behind which word a name that begins at `at` ends; None if none begins."""
        token = self._tokens[at]
        if token.surface in ORDINARY or token.surface in self._places:
            return None
        end = self._full_name(at)
        if end is not None and not self._of_something(at, end):
            return end
        if self._of_something(at, at + 1):
            return None
        announced = self._announced(at) or self._in_house(at) or self._alone(at)
        entry = fills_entry(self._text, self._tokens, at, self._lexicon)
        return at + 1 if announced or entry else None

    def _full_name(self, at: int) -> int | None:
        """A family name with a given name, with a space between them or not."""
        token, then = self._tokens[at], self._behind(at + 1)
        if self._text.startswith(_ERAS, token.start):
            return None
        if token.person == "一般" and len(token.surface) >= 4 and _KANJI.match(token.surface):
            return at + 1
        if then is None:
            return None
        given = self._tokens[then]
        family = token.person == "姓" or (
            bool(KATAKANA.fullmatch(token.surface))
            and given.person == "名"
            and "姓" in self._lexicon.senses(token.surface)
        )
        if not family:
            return None
        if given.surface in ORDINARY or given.surface in ROLES or given.surface in self._places:
            return None
        if self._roles.begins(then):
            return at + 1
        close = then == at + 1
        named = given.person == "名" or (not close and "名" in self._lexicon.senses(given.surface))
        unknown = close and given.unknown and bool(_KANJI.fullmatch(given.surface))
        return then + 1 if named or unknown else None

    def _announced(self, at: int) -> bool:
        """Whether a label or a kin word stands before it."""
        token = self._tokens[at]
        before, joint = self._announcer(at)
        if before is None:
            return False
        senses = self._lexicon.senses(token.surface)
        if before in LABELS:
            return joint != "の" and fills_label(token, senses)
        if before not in PERSONS:
            return False
        if token.person == "名" or (token.person and token.surface not in AMBIGUOUS):
            return joint not in ("は", "が", "も") or "普通" not in senses
        if before in SOMEBODY and joint == "の" and token.surface in FREQUENT - {"東", "原"}:
            return at + 1 == len(self._tokens) or self._follows(at, _SUBJECT)
        if not self._ends_phrase(at + 1) and not self._follows(at, HONORIFICS):
            return False
        if KATAKANA.fullmatch(token.surface):
            given = token.surface in GIVEN or not senses - {"一般", "固有", "名", "姓"}
            return before in KIN and given and joint != "も"
        if _HIRAGANA.fullmatch(token.surface):
            given = token.surface in (GIVEN if joint != "の" else HIRAGANA)
            return before in KIN and (given or ("名" in senses and "普通" not in senses))
        plain = "普通" in senses and token.surface not in GIVEN
        return "名" in senses and not plain and before in KIN

    def _announcer(self, at: int) -> tuple[str | None, str]:
        """The word before, past one sign or particle between, and that sign."""
        joint = ""
        place = at - 1
        for _ in range(3):
            if place < 0:
                return None, joint
            surface = self._tokens[place].surface
            if surface in PERSONS or surface in LABELS:
                return surface, joint
            # The dictionary takes some labels apart: 相談者 and 名.
            if surface == "名" and place and self._tokens[place - 1].surface in PERSONS:
                return "氏名", joint
            if surface not in _JOINTS:
                break
            joint = surface if not joint.strip() else joint
            place -= 1
        return None, joint

    def _in_house(self, at: int) -> bool:
        """A family, by a word behind its name: 宅, 夫妻, 一家."""
        token = self._tokens[at]
        if not self._follows(at, HOUSES):
            return False
        return token.surface in FREQUENT or (
            token.person == "姓" and "地名" not in self._lexicon.senses(token.surface)
        )

    def _alone(self, at: int) -> bool:
        """A name that nothing announces, where it can hardly be anything else."""
        token = self._tokens[at]
        named = token.person in ("姓", "名")
        if len(token.surface) < 2 or not (named or token.surface in FREQUENT):
            return False
        beside_role = self._roles.before(at)
        if not named and not beside_role:
            return False
        if not self._ends_phrase(at + 1) and not self._follows(at, GROUPS):
            return False
        if at and self._tokens[at - 1].speech[0] in ("名詞", "接頭辞") and not beside_role:
            return False
        if token.surface in FREQUENT:
            return token.surface not in AMBIGUOUS or beside_role
        senses = self._lexicon.senses(token.surface)
        if _HIRAGANA.fullmatch(token.surface):
            return False
        return senses <= {"姓", "名", "一般"} or (token.person == "名" and self._has_kin(at))

    def _ends_phrase(self, at: int) -> bool:
        return at >= len(self._tokens) or self._tokens[at].ends_phrase

    def _has_kin(self, at: int) -> bool:
        """Whether a kin word follows: somebody's mother."""
        behind = [word.surface for word in self._tokens[at + 1 : at + 3]]
        return len(behind) == 2 and behind[0] == "の" and behind[1] in KIN

    # What stands around

    def _of_something(self, at: int, end: int) -> bool:
        """Whether the name is part of a disease's, a place's or a firm's."""
        behind = self._tokens[end].surface if end < len(self._tokens) else ""
        landmark = behind == "の" and self._follows(end, LANDMARKS)
        if behind in NOT_PERSONS or landmark:
            return True
        before = self._before(at)
        return before is not None and self._tokens[before].surface in FIRMS

    def _before(self, at: int) -> int | None:
        place = at - 1
        while place >= 0 and not self._tokens[place].surface.strip(_SPACES):
            place -= 1
        return place if place >= 0 else None

    def _behind(self, at: int) -> int | None:
        place = at
        while place < len(self._tokens) and self._tokens[place].surface == " ":
            place += 1
        return place if place < len(self._tokens) else None
