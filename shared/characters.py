"""Characters that no text may hold, that turn it against its reader, and that show nothing."""

import re

_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
#: Controls but TAB, LF and CR, which a terminal obeys; marks that turn the direction of a line, by
#: which a reader sees other words than a machine; and what cannot be written down.
_UNCLEAR = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
#: Default_Ignorable_Code_Point of Unicode 16, and the braille pattern without a dot.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_HIDDEN = re.compile(f"[{_UNSEEN}]")
_NOTHING = re.compile(rf"[\s\x00-\x1f\x7f-\x9f{_UNSEEN}]*")


def unwritable(text: str) -> bool:
    """Whether it holds NUL or a lone surrogate: neither PostgreSQL nor UTF-8 can write them."""
    return _UNWRITABLE.search(text) is not None


def unclear(text: str) -> bool:
    """Whether it holds those, another control character, or a mark that turns its direction."""
    return _UNCLEAR.search(text) is not None


def hidden(text: str) -> bool:
    """Whether it holds a character that shows nothing and is no space."""
    return _HIDDEN.search(text) is not None


def shows_nothing(text: str) -> bool:
    """Whether a reader sees nothing at all, be it empty, spaces, or characters without a shape."""
    return _NOTHING.fullmatch(text) is not None
