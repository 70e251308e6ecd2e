"""Free text is looked at before anything takes it: the one place that says which fields are."""

from collections import Counter
from collections.abc import Sequence
from contextvars import ContextVar

from pydantic import AfterValidator, ValidationInfo
from pydantic_core import PydanticCustomError
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.errors import FieldFault
from shared.privacy.findings import KINDS, Finding, Kind, Level
from shared.privacy.guard import Guard

#: What pydantic calls a refusal by the guard, and the problem's code and words for each.
REFUSED, ASKED = "identifier_found", "name_found"
PROBLEMS = {
    REFUSED: ("identifier-in-memo", "個人がわかる内容があるため、まだ記録していません。"),
    ASKED: ("confirm-memo", "人の名前のような言葉があるため、まだ記録していません。"),
}

#: The guard of the application that a request is for.
_guard: ContextVar[Guard] = ContextVar("guard")


class Guarding:
    """ASGI middleware: bodies of this application's requests are looked at by its guard."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app = app
        self._own = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _guard.set(self._own)
        try:
            await self._app(scope, receive, send)
        finally:
            _guard.reset(token)


def _look(text: str, level: Level) -> list[Finding]:
    return [found for found in _guard.get().look(text) if found.level >= level]


def _refusal(code: str, found: Sequence[Finding]) -> PydanticCustomError:
    places = [(one.start, one.end, one.kind) for one in found]
    return PydanticCustomError(code, "text that could point at a person", {"places": places})


def _refuse(text: str) -> str:
    if found := _look(text, Level.CONFIRM):
        raise _refusal(REFUSED, found)
    return text


def _ask(text: str, info: ValidationInfo) -> str:
    found = _look(text, Level.CONFIRM)
    if any(one.level is Level.BLOCK for one in found):
        raise _refusal(REFUSED, found)
    if found and not info.data.get(f"{info.field_name}_confirmed"):
        raise _refusal(ASKED, found)
    return text


#: Marks a text field as guarded: neither identifiers nor likely names are taken.
GUARDED = AfterValidator(_refuse)
#: The same, but a likely name is taken when the field `<name>_confirmed` before it says so.
CONFIRMABLE = AfterValidator(_ask)


def place_faults(
    loc: tuple[str | int, ...], places: Sequence[tuple[int, int, str]]
) -> list[FieldFault]:
    """A fault for each place: start and end follow the field, in code points of its text."""
    return [FieldFault((*loc, start, end), kind, KINDS[kind].words) for start, end, kind in places]


def names_somebody(text: str) -> bool:
    """Whether a text has a likely name."""
    return _guard.get().names_somebody(text)


def count_confirmed(text: str | None, *, confirmed: bool) -> int:
    """How many likely names the writer of a text said were none."""
    return len(_look(text, Level.CONFIRM)) if text and confirmed else 0


def warned_kinds(text: str | None) -> list[Kind]:
    """What to tell the writer about a text that was taken, each kind once."""
    kinds = Counter(one.kind for one in _guard.get().look(text or ""))
    return [KINDS[kind] for kind in kinds if KINDS[kind].level is Level.WARN]
