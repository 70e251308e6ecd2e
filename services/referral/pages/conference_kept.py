"""What was written on a conference's second step, kept while its agenda is chosen anew."""

import hashlib
import re

from starlette.datastructures import FormData, UploadFile

from shared.web.forms import Field, Typed

#: The text that is shown and kept on both steps.
KEPT: dict[str, Field] = {"minutes": Field("話し合ったこと")}
#: Marks of the cases by whose order the kept decisions are numbered. A page that is open may lose
#: one of them, and its id must not stay there; a mark opens nothing.
_WAS = "was"
_OF_A_CASE = re.compile(r"(lead|score|next|adopt|end|outcome|ended_by)-(\d{1,3})(-\d{1,2})?")


def kept_words(typed: Typed) -> list[tuple[str, str]] | None:
    """What the first step carries along beside the text, None where nothing was written yet."""
    decided = [(name, value) for name, value in typed.pairs() if _OF_A_CASE.fullmatch(name)]
    if not decided and not typed.one("minutes"):
        return None
    was = typed.many(_WAS) or [_mark(case) for case in typed.many("cases")]
    return [*((_WAS, mark) for mark in was), *decided]


def renumbered(typed: Typed) -> Typed:
    """The same with each decision where its case stands now; those of a case that went are gone."""
    was, cases = typed.many(_WAS), [_mark(case) for case in typed.many("cases")]
    found: list[tuple[str, str | UploadFile]] = []
    for name, value in typed.pairs():
        place = _OF_A_CASE.fullmatch(name)
        if place is None:
            if name != _WAS:
                found.append((name, value))
            continue
        number = int(place[2])
        if number < len(was) and was[number] in cases:
            found.append((f"{place[1]}-{cases.index(was[number])}{place[3] or ''}", value))
    return Typed(FormData(found))


def _mark(case: str) -> str:
    return hashlib.sha256(case.encode()).hexdigest()[:32]
