"""What no request may bring: too much, broken text, NaN, a field twice, endless nesting."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import filterfalse
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.characters import unwritable
from shared.errors import (
    FieldFault,
    HeadersTooLarge,
    InvalidInput,
    Problem,
    TooLarge,
    UnsupportedMedia,
)
from shared.web.problems import send_problem
from shared.web.single_headers import check_single, check_written_plainly, media_type_of

MOST_BYTES = 256 * 1024
MOST_DEPTH = 20
#: Bytes of all headers together, and of an address with its query.
MOST_HEADER_BYTES = 32 * 1024
MOST_ADDRESS_BYTES = 8 * 1024
#: No number of ours has more digits; Python refuses endless ones without naming the place.
MOST_DIGITS = 99


class _NotANumber:
    """Stands where JSON said NaN or Infinity, so that the place can be named."""


class _Object(dict[str, Any]):
    """An object of JSON, and which of its fields came twice: readers differ in which they take."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.repeated = [] if len(self) == len(pairs) else _repeated(name for name, _ in pairs)


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _whole(digits: str) -> "int | _NotANumber":
    return int(digits) if len(digits) <= MOST_DIGITS else _NotANumber()


def _faults(value: Any, loc: tuple[str | int, ...] = ()) -> Iterator[FieldFault]:
    if isinstance(value, _NotANumber):
        yield FieldFault(loc, "not-a-number", "NaN や無限大、長すぎる数は使えません。")
    elif isinstance(value, str):
        if unwritable(value):
            yield FieldFault(loc, "bad-character", "使えない文字が含まれています。")
    elif isinstance(value, _Object):
        for key in filterfalse(unwritable, value.repeated):
            yield FieldFault((*loc, key), "repeated-field", "同じ項目が二度書かれています。")
        for key, item in value.items():
            if any(True for _ in _faults(key)):
                yield FieldFault(loc, "bad-character", "使えない文字が含まれています。")
            else:
                yield from _faults(item, (*loc, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _faults(item, (*loc, index))


def _depth(body: bytes) -> int:
    """How deep brackets nest, those inside texts included: more than enough to be careful."""
    depth = deepest = 0
    for byte in body:
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def check_json(body: bytes) -> None:
    """Raise InvalidInput for JSON that no service can take."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidInput("invalid-utf-8", "文字コードが UTF-8 ではありません。") from None
    if body.count(b"[") + body.count(b"{") > MOST_DEPTH and _depth(body) > MOST_DEPTH:
        raise InvalidInput("too-deep", "入れ子が深すぎます。")
    try:
        value = json.loads(
            body,
            object_pairs_hook=_Object,
            parse_constant=lambda _: _NotANumber(),
            parse_int=_whole,
        )
    except (ValueError, RecursionError):
        raise InvalidInput("malformed-json", "JSON の書き方が正しくありません。") from None
    faults = list(_faults(value))
    if faults:
        raise InvalidInput("invalid-input", "入力の内容をご確認ください。", errors=faults)


def check_encoded(raw: bytes) -> None:
    """Raise InvalidInput for a query or a form with broken text or NUL."""
    try:
        text = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidInput("invalid-utf-8", "文字コードが UTF-8 ではありません。") from None
    if "\x00" in text:
        raise InvalidInput("bad-character", "使えない文字が含まれています。")


def check_head(scope: Scope) -> None:
    """Raise a Problem for long or unclear headers, a long address, and bodies that none reads."""
    headers = scope["headers"]
    if sum(len(name) + len(value) for name, value in headers) > MOST_HEADER_BYTES:
        raise HeadersTooLarge("headers-too-large", "送られたヘッダーが大きすぎます。")
    if len(scope.get("raw_path") or b"") + len(scope.get("query_string", b"")) > MOST_ADDRESS_BYTES:
        raise HeadersTooLarge("address-too-long", "アドレスが長すぎます。")
    check_single(headers)
    if media_type_of(headers).startswith(b"multipart/"):
        raise UnsupportedMedia("no-uploads", "ファイルは受け付けていません。")
    check_written_plainly(headers)


class RequestGuard:
    """ASGI middleware: reads the body once within its limit, checks it, and hands it on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            check_head(scope)
            check_encoded(scope.get("query_string", b""))
            check_encoded(scope.get("raw_path") or b"")
            body = await self._body(scope, receive)
        except Problem as problem:
            await send_problem(problem, scope, receive, send)
            return
        sent = False

        async def replay() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return b""
        chunks: list[bytes] = []
        size = 0
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > MOST_BYTES:
                raise TooLarge("too-large", "送られた内容が大きすぎます（256KBまで）。")
            chunks.append(chunk)
            more = message.get("more_body", False)
        body = b"".join(chunks)
        if media_type_of(scope["headers"]) == b"application/x-www-form-urlencoded":
            check_encoded(body.replace(b"+", b" "))
        elif body:
            check_json(body)
        return body
