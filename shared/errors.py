"""Errors that a user can cause: each carries a status and reads as help in Japanese."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One field that was refused: where (JSON path), which kind, and what to do."""

    loc: tuple[str | int, ...]
    code: str
    detail: str


class Problem(Exception):
    """A refusal, answered as problem+json (RFC 9457) or as a page; nothing was stored.

    `code` is a stable kebab-case name that machines may rely on; `detail` is Japanese.
    `extra` holds further members, such as `allowed` for a 409.
    """

    status = 422

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldFault] = (),
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})


class BadRequest(Problem):
    """400: the request itself can be read in two ways, or in none."""

    status = 400


class InvalidInput(Problem):
    """422: the words were understood, but a field cannot be taken."""

    status = 422

    @classmethod
    def field(cls, *loc: str | int, code: str, detail: str) -> "InvalidInput":
        """The refusal of one field."""
        return cls(
            "invalid-input",
            "入力の内容をご確認ください。",
            errors=[FieldFault(loc, code, detail)],
        )


class NotSignedIn(Problem):
    """401: no session or token, or one that ended."""

    status = 401


class Forbidden(Problem):
    """403: this role never may do this."""

    status = 403


class PasswordChangeNeeded(Forbidden):
    """403: signed in with a first password, which opens nothing but its own change."""


class NotFound(Problem):
    """404: not there, or the caller is not a party to it."""

    status = 404


class Conflict(Problem):
    """409: a party, but not now."""

    status = 409


class TooLarge(Problem):
    """413: over the limit."""

    status = 413


class HeadersTooLarge(Problem):
    """431: headers or an address over the limit."""

    status = 431


class UnsupportedMedia(Problem):
    """415: a file, where nothing takes one, or a body that is packed or not in UTF-8."""

    status = 415


class TooMany(Problem):
    """429: too often; `Retry-After` says when to come back."""

    status = 429


class Unavailable(Problem):
    """503: a part is away; nothing was stored, and it may be sent again."""

    status = 503
