"""Conditional requests (RFC 9110): a file that its reader already has is not sent again."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.datastructures import Headers


def entity_tag(*parts: str) -> str:
    """A strong entity tag: the same parts stand for the same bytes."""
    return f'"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"'


def http_date(moment: datetime) -> str:
    """A moment as headers have it, to the second."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def _names(header: str, tag: str) -> bool:
    """Whether If-None-Match names this tag; for that a weak one is as good."""
    given = (one.strip().removeprefix("W/") for one in header.split(","))
    return header.strip() == "*" or tag in given


def _unchanged_since(header: str, modified: datetime) -> bool:
    try:
        since = parsedate_to_datetime(header)
    except ValueError:
        return False
    return since.tzinfo is not None and modified.replace(microsecond=0) <= since


def has_it(asked: Headers, tag: str, modified: datetime) -> bool:
    """Whether whoever asks already has these bytes; the tag decides where one was sent."""
    if "if-none-match" in asked:
        return _names(asked["if-none-match"], tag)
    return "if-modified-since" in asked and _unchanged_since(asked["if-modified-since"], modified)


def validators(tag: str, modified: datetime) -> Mapping[str, str]:
    """The headers by which a reader asks again."""
    return {"ETag": tag, "Last-Modified": http_date(modified)}
