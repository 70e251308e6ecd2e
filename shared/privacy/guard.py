"""The guard: looks at a text once and says where it could point at a person."""

from collections.abc import Iterable
from itertools import product

from shared.privacy.checks import digits_of
from shared.privacy.findings import Finding, finding
from shared.privacy.home_shapes import house_at, house_in
from shared.privacy.lexicon import Lexicon
from shared.privacy.names import Reading
from shared.privacy.normalising import normalised
from shared.privacy.patterns import PATTERNS, matches
from shared.privacy.readings import readings


def identifiers(text: str) -> list[str]:
    """The kinds of what has a shape (numbers, mail, houses), in order; names need a `Guard`."""
    found: dict[str, int] = {}
    for version in readings(normalised(text)):
        for kind, start, end in matches(version.text, PATTERNS):
            found.setdefault(kind, version.original(start, end)[0])
    return sorted(found, key=found.__getitem__)


class Guard:
    """Built once for a process: it loads a dictionary. Not for several threads at a time.

    `telephones` are public numbers that anybody may write; `places` the city's own place names,
    which are no names of people unless a word beside them says so.
    """

    def __init__(self, *, telephones: Iterable[str] = (), places: Iterable[str] = ()) -> None:
        self._public = frozenset(digits_of(number) for number in telephones)
        self._places = frozenset(places)
        self._patterns = (*PATTERNS, *house_in(self._places))
        self._lexicon = Lexicon()

    def look(self, text: str) -> list[Finding]:
        """What is found, in the order of the text; of what lies over each other, the strictest.

        Takes any text. What is left out when nothing is found is no promise that nobody is named.
        """
        read = normalised(text)
        found = []
        for version in readings(read):
            for kind, start, end in matches(version.text, self._patterns):
                if not self._is_public(kind, digits_of(version.text[start:end])):
                    found.append(finding(kind, version.original(start, end)))
        reading = Reading(read.text, self._lexicon, self._places)
        for spelled, at in product(read.readings, reading.places()):
            if span := house_at(spelled, at):
                found.append(finding("address", read.original(*span)))
        for kind, start, end in reading.names():
            found.append(finding(kind, read.original(start, end)))
        return _strictest(found)

    def names_somebody(self, text: str) -> bool:
        """Whether a text has a likely name."""
        return any(one.kind == "personal-name" for one in self.look(text))

    def _is_public(self, kind: str, digits: str) -> bool:
        """Whether it is a number that anybody may write, with its area code or without."""
        if kind not in ("telephone", "postal-code"):
            return False
        return any(number.endswith(digits) for number in self._public)


def _strictest(found: list[Finding]) -> list[Finding]:
    """Without those that lie over a stricter, a longer or an earlier one."""
    kept: list[Finding] = []
    for one in sorted(found, key=lambda it: (-it.level, it.start - it.end, it.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda it: it.start)
