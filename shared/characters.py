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
#: What is drawn as a sign or as an emoji: Emoji without Emoji_Presentation of Unicode 14 (UTS 51).
_PLAIN_OR_COLOURED = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u2328\u23cf\u23ed-\u23ef"
    "\u23f1\u23f2\u23f8-\u23fa\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb\u25fc\u2600-\u2604\u260e\u2611"
    "\u2618\u261d\u2620\u2622\u2623\u2626\u262a\u262e\u262f\u2638-\u263a\u2640\u2642\u265f\u2660"
    "\u2663\u2665\u2666\u2668\u267b\u267e\u2692\u2694-\u2697\u2699\u269b\u269c\u26a0\u26a7"
    "\u26b0\u26b1\u26c8\u26cf\u26d1\u26d3\u26e9\u26f0\u26f1\u26f4\u26f7-\u26f9\u2702\u2708\u2709"
    "\u270c\u270d\u270f\u2712\u2714\u2716\u271d\u2721\u2733\u2734\u2744\u2747\u2763\u2764\u27a1"
    "\u2934\u2935\u2b05-\u2b07\u3030\u303d\u3297\u3299\U0001f170\U0001f171\U0001f17e\U0001f17f"
    "\U0001f202\U0001f237\U0001f321\U0001f324-\U0001f32c\U0001f336\U0001f37d\U0001f396\U0001f397"
    "\U0001f399-\U0001f39b\U0001f39e\U0001f39f\U0001f3cb-\U0001f3ce\U0001f3d4-\U0001f3df"
    "\U0001f3f3\U0001f3f5\U0001f3f7\U0001f43f\U0001f441\U0001f4fd\U0001f549\U0001f54a"
    "\U0001f56f\U0001f570\U0001f573-\U0001f579\U0001f587\U0001f58a-\U0001f58d\U0001f590\U0001f5a5"
    "\U0001f5a8\U0001f5b1\U0001f5b2\U0001f5bc\U0001f5c2-\U0001f5c4\U0001f5d1-\U0001f5d3"
    "\U0001f5dc-\U0001f5de\U0001f5e1\U0001f5e3\U0001f5e8\U0001f5ef\U0001f5f3\U0001f5fa\U0001f6cb"
    "\U0001f6cd-\U0001f6cf\U0001f6e0-\U0001f6e5\U0001f6e9\U0001f6f0\U0001f6f3"
)
#: Behind one of those, and within a keycap (1, this, U+20E3), the mark that asks for the emoji.
_AS_EMOJI = re.compile(f"(?<=[{_PLAIN_OR_COLOURED}])\ufe0f|(?<=[0-9#*])\ufe0f(?=\u20e3)")
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


def without_emoji_marks(text: str) -> str:
    """The text without U+FE0F where it changes what a reader sees; anywhere else it is hidden."""
    return _AS_EMOJI.sub("", text)


def shows_nothing(text: str) -> bool:
    """Whether a reader sees nothing at all, be it empty, spaces, or characters without a shape."""
    return _NOTHING.fullmatch(text) is not None
