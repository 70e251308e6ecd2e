"""Text for files that machines and spreadsheets open: one line, and never a formula."""

import re
import unicodedata

from shared.characters import shows_nothing

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
#: What a spreadsheet may take for the beginning of a formula, in any width.
_BEGINS_A_FORMULA = frozenset("=+-@")
#: The symbol 「-」 of the statistics: alone it has nothing that could be run.
NOT_APPLICABLE = "-"


def one_line(text: str) -> str:
    """The text on one line: no breaks, no tabs, no control characters, no space at its ends."""
    return _UNSEEN.sub(" ", text).strip()


def neutral(text: str) -> str:
    """The text on one line; an apostrophe stands before what a spreadsheet might run."""
    line = one_line(text)
    if line == NOT_APPLICABLE or not line:
        return line
    # Marks that show nothing may be dropped by whoever opens the file.
    seen = (
        letter
        for letter in line
        if not shows_nothing(letter) and unicodedata.category(letter) != "Cf"
    )
    begins = unicodedata.normalize("NFKC", next(seen, ""))
    return f"'{line}" if begins in _BEGINS_A_FORMULA else line
