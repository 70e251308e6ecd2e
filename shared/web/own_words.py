"""What somebody wrote in a form that is no more: given back to copy, and nothing of the record."""

import hashlib
import re
from collections.abc import Iterable

from fastapi import Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from shared.characters import shows_nothing, unwritable

#: Every field of free text, as people know it. Those of numbered rows, `goal-1`, are of one kind.
TEXTS = {
    "memo": "メモ",
    "note": "ひとこと",
    "reason": "理由",
    "refer_reason": "つなぐ理由",
    "override": "計画とちがう相手を選んだ理由",
    "authorised_by": "承認した人・部署・会議",
    "minutes": "話し合ったこと",
    "goal": "目標",
    "role": "役割",
}
_ROW = re.compile(r"(-\d{1,2})+\Z")
#: Before the name of a field: the mark of the text that it began with, which is the record's.
BEGAN = "began-"


def mark_of(text: str) -> str:
    """A mark by which a text is known again, however a browser broke its lines."""
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()[:32]


def stem_of(name: str) -> str:
    """The kind of a field, without the numbers of its row."""
    return _ROW.sub("", name)


def own_words(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Label and text of what was written by whoever sent these fields.

    A field that still holds what the page gave it, or that nobody sees, is not theirs.
    """
    sent = list(pairs)
    began = {name.removeprefix(BEGAN): value for name, value in sent if name.startswith(BEGAN)}
    return [
        (TEXTS[stem_of(name)], text)
        for name, text in sent
        if stem_of(name) in TEXTS
        and not (shows_nothing(text) or unwritable(text))
        and began.get(name) != mark_of(text)
    ]


async def words_sent(request: Request) -> list[tuple[str, str]]:
    """The same of a request; nothing where it sent no form that can be read."""
    if request.method != "POST":
        return []
    try:
        form: FormData = await request.form()
    except HTTPException:
        return []
    # One form asks for its reason as a choice.
    choices = request.app.state.plan.codes["return_reason"]
    return own_words(
        (name, value)
        for name, value in form.multi_items()
        if isinstance(value, str) and not (name == "reason" and value in choices)
    )
