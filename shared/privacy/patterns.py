"""The identifiers that have a shape: one table of patterns, read over normalised text."""

import re
from collections.abc import Iterable, Iterator

from shared.privacy.birth_shapes import BIRTHS
from shared.privacy.contact_shapes import CONTACT
from shared.privacy.home_shapes import HOMES
from shared.privacy.messaging_shapes import MESSAGING
from shared.privacy.paper_shapes import PAPERS
from shared.privacy.plates import PLATES
from shared.privacy.shapes import SPELLED, Pattern

_A_DIGIT, _A_LETTER = re.compile(r"[\d十]"), re.compile(r"[A-Za-z]")

#: Of two that lie on the same place, the earlier here is named.
PATTERNS: tuple[Pattern, ...] = (*CONTACT, *HOMES, *BIRTHS, *PAPERS, *MESSAGING, *PLATES)


def matches(text: str, patterns: Iterable[Pattern]) -> Iterator[tuple[str, int, int]]:
    """Kind and span of every identifier in a text whose digits are digits."""
    has_digit, has_letter = _A_DIGIT.search(text) is not None, _A_LETTER.search(text) is not None
    for pattern in patterns:
        if not (has_letter if pattern.kind in SPELLED else has_digit):
            continue
        if pattern.needs and not any(word in text for word in pattern.needs):
            continue
        found = pattern.shape.search(text)
        while found is not None:
            start, end = found.span("hit" if "hit" in pattern.shape.groupindex else 0)
            taken = pattern.check(found[0])
            if taken:
                yield pattern.kind, start, end
            found = pattern.shape.search(text, found.end() if taken else found.start() + 1)
