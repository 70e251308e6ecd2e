"""Roles beside a name: a role makes the name a colleague's, however many words it has."""

from collections.abc import Sequence

from shared.privacy.lexicon import Token
from shared.privacy.vocabulary import (
    ABOUT_ROLES,
    AREAS,
    HONORIFICS,
    KIN,
    NOT_PERSONS,
    OFFICES,
    ROLES,
)

#: Roles that cannot begin another word; the dictionary takes some apart.
_LONG = (*(role for role in ROLES if len(role) > 2), "係長", "班長")
#: What may stand between a role and the name behind it, and between a name and its role.
_JOINTS_BEFORE = ("の", ":", "・", "は", "(", "「")
_JOINTS_BEHIND = ("(", "・", " ", ":")
#: Words of one role: 認知症・地域・支援・推進・員 has five.
_MOST_WORDS = 6


class Roles:
    """The roles in one text, asked for by the place of a word."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self._text = text
        self._tokens = tokens

    def at(self, at: int) -> bool:
        """Whether the word is a role, or begins one that the dictionary takes apart."""
        token = self._tokens[at]
        return token.surface in ROLES or self._text.startswith(_LONG, token.start)

    def ends(self, at: int) -> bool:
        """Whether a role ends with the word."""
        token = self._tokens[at]
        return token.surface in ROLES or self._text.endswith(_LONG, 0, token.end)

    def begins(self, at: int) -> bool:
        """Whether a role begins with the word, with what it is for: 生活支援コーディネーター."""
        for place in range(at, min(at + _MOST_WORDS, len(self._tokens))):
            token = self._tokens[place]
            if self.at(place) or self.ends(place):
                return not self._is_topic(place)
            within = place > at and token.surface == "・"
            if not within and not self._describes(token):
                return False
        return False

    def before(self, at: int) -> bool:
        """Whether a role, or an office and の, stands before the word on its line."""
        last = self._on_line(at)
        if last is None:
            return False
        surface = self._tokens[last].surface
        if self.ends(last):
            return True
        if surface not in _JOINTS_BEFORE or not last:
            return surface in OFFICES
        last -= 1
        if self._tokens[last].surface in HONORIFICS and last:
            last -= 1
        word = self._tokens[last].surface
        return self.ends(last) or (surface == "の" and word in OFFICES)

    def behind(self, at: int) -> bool:
        """Whether a role stands behind a name that ends before the word."""
        for place in range(at, min(at + 3, len(self._tokens))):
            surface = self._tokens[place].surface
            if self.at(place):
                return not self._is_topic(place)
            if surface not in HONORIFICS and surface not in _JOINTS_BEHIND:
                called = any(word.surface in HONORIFICS for word in self._tokens[at:place])
                apart = place > at and self._tokens[place - 1].surface in "(・:"
                return (apart or not called) and self.begins(place)
        return False

    def _describes(self, token: Token) -> bool:
        """Whether a word may say what a role is for."""
        plain = token.speech[0] in ("名詞", "接頭辞", "接尾辞") and not token.person
        other = token.surface in KIN or token.surface in HONORIFICS
        return plain and not other and (token.surface in AREAS or token.surface not in NOT_PERSONS)

    def _is_topic(self, at: int) -> bool:
        """Whether the role only belongs to a meeting or a certificate: 担当者会議."""
        return any(word.surface in ABOUT_ROLES for word in self._tokens[at + 1 : at + 3])

    def _on_line(self, at: int) -> int | None:
        """The word before, past spaces."""
        place = at - 1
        while place >= 0 and self._tokens[place].surface == " ":
            place -= 1
        return place if place >= 0 else None
