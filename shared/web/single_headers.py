"""Headers that come once or not at all, so that everybody who reads one reads the same."""

import re
from collections import Counter
from collections.abc import Iterable

from shared.errors import BadRequest, UnsupportedMedia

#: What decides how a body is read, who asks, from which site, for which host, and which act it is.
_SINGLE = frozenset(
    {
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"host",
        b"idempotency-key",
        b"last-event-id",
        b"origin",
        b"sec-fetch-site",
        b"transfer-encoding",
    }
)
#: RFC 9110, 8.3.1. Parsers disagree about the rest: `a/b=c; d` is `a/b` to one of them.
_MEDIA_TYPE = re.compile(rb"[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*")
#: Each `charset` beside the media type, wherever it stands.
_CHARSET = re.compile(rb";[ \t]*charset[ \t]*=[ \t]*(\"[^\"]*\"|[^;]*)", re.IGNORECASE)
_OUR_CHARSETS = frozenset({b"utf-8", b"utf8"})


def check_single(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Raise BadRequest for a header twice that may come once, or for NUL in one."""
    given = list(headers)
    times = Counter(name.lower() for name, _ in given)
    for name in sorted(_SINGLE & times.keys()):
        if times[name] > 1:
            words = f"ヘッダー {name.decode().title()} が二つ以上あります。一つだけにしてください。"
            raise BadRequest("repeated-header", words)
    if any(b"\x00" in value for _, value in given):
        raise BadRequest("bad-header", "ヘッダーに使えない文字が含まれています。")


def media_type_of(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """How the body says that it is written, in small letters; empty if it does not say.

    Raises BadRequest for what is no media type.
    """
    value = next((value for name, value in headers if name.lower() == b"content-type"), None)
    if value is None:
        return b""
    found = _MEDIA_TYPE.fullmatch(value.partition(b";")[0])
    if found is None:
        detail = "ヘッダー Content-Type の書き方が正しくありません（例 application/json）。"
        raise BadRequest("bad-content-type", detail)
    return found[1].lower()


def check_written_plainly(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Raise UnsupportedMedia for a body that says it is packed, or in letters other than UTF-8."""
    given = {name.lower(): value for name, value in headers}
    if given.get(b"content-encoding", b"").strip().lower() not in (b"", b"identity"):
        raise UnsupportedMedia(
            "content-encoding",
            "圧縮された内容は受け付けていません。そのまま送ってください。",
            headers={"Accept-Encoding": "identity"},
        )
    named = _CHARSET.findall(given.get(b"content-type", b""))
    if any(one.strip(b'" \t').lower() not in _OUR_CHARSETS for one in named):
        raise UnsupportedMedia("charset", "文字コードは UTF-8 で送ってください。")
