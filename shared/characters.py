"""Characters that no text may hold, because neither PostgreSQL nor UTF-8 can write them."""

import re

_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def unwritable(text: str) -> bool:
    """Whether it holds NUL or a lone surrogate."""
    return _UNWRITABLE.search(text) is not None
