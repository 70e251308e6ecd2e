"""Forms: what was typed becomes the same model as the machine interface takes, or comes back."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import ImmutableMultiDict

from shared.characters import shows_nothing, unwritable
from shared.errors import FieldFault, InvalidInput, Problem
from shared.japanese_time import JST
from shared.web.own_words import BEGAN, mark_of, own_words
from shared.web.problems import validation_problem

Model = TypeVar("Model", bound=BaseModel)


class Typed:
    """What somebody typed, kept so that a refused form can be shown again as it was."""

    def __init__(
        self,
        form: ImmutableMultiDict[str, Any] | None = None,
        first: Mapping[str, str] | None = None,
    ) -> None:
        self._form = form
        self._first = dict(first or {})

    def one(self, name: str) -> str:
        """The field's text, empty without one."""
        if self._form is None:
            return self._first.get(name, "")
        value = self._form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def exact(self, name: str) -> str:
        """The field's text as it was typed, spaces at its ends included."""
        value = "" if self._form is None else self._form.get(name, "")
        return value if isinstance(value, str) else ""

    def many(self, name: str) -> list[str]:
        """Every value of a field that may be chosen several times."""
        if self._form is None:
            return []
        return [value for value in self._form.getlist(name) if isinstance(value, str) and value]

    def pairs(self) -> list[tuple[str, str]]:
        """Every field with text in it, in the order in which they were sent."""
        sent = [] if self._form is None else self._form.multi_items()
        return [(name, value) for name, value in sent if isinstance(value, str) and value]

    def optional(self, name: str) -> str | None:
        """The field's text, None when it was left empty."""
        return self.one(name) or None

    def began(self, name: str) -> str:
        """The mark of the text with which the page began this field, empty if it began empty."""
        if self._form is not None:
            return self.one(f"{BEGAN}{name}")
        text = self.one(name)
        return mark_of(text) if text else ""

    def untouched(self, name: str) -> bool:
        """Whether the field still holds the text with which the page began it."""
        return self.began(name) == mark_of(self.one(name))

    def local_time(self, name: str) -> str:
        """A `datetime-local` field in Japan's time, with its offset."""
        text = self.one(name)
        try:
            return datetime.fromisoformat(text).replace(tzinfo=JST).isoformat()
        except ValueError:
            return text


@dataclass(frozen=True, slots=True)
class Field:
    """A field as people know it: its label, what an empty one asks, its place in the model."""

    label: str
    ask: str = "書いてください。"
    loc: tuple[str | int, ...] = ()


CHOOSE = "選んでください。"


class Form:
    """A form as a page shows it: `fields` in the page's order, what was typed, what was refused.

    `prefix` keeps ids apart where a page has the same field twice; `key` makes a double click
    one act, and is new after a refusal, which stored nothing.
    """

    def __init__(
        self,
        fields: Mapping[str, Field],
        typed: Typed | None = None,
        problem: Problem | None = None,
        *,
        prefix: str = "",
    ) -> None:
        self._fields = fields
        self._typed = typed or Typed(first={})
        self._prefix = prefix
        self.problem = problem
        self.key = secrets.token_urlsafe(16)
        self.one = self._typed.one
        self.many = self._typed.many
        self.began = self._typed.began
        self.untouched = self._typed.untouched

    def own_words(self) -> list[tuple[str, str]]:
        """Label and text of what was written in it, for a page that has no place for it."""
        chosen = {name for name, field in self._fields.items() if field.ask == CHOOSE}
        return own_words(pair for pair in self._typed.pairs() if pair[0] not in chosen)

    def id(self, name: str) -> str:
        """The field's id on the page."""
        return f"{self._prefix}{name}"

    def label(self, name: str) -> str:
        """The field's label."""
        return self._fields[name].label

    def fault(self, name: str) -> str:
        """What is wrong with a field, empty when nothing is."""
        faults = self._faults_of(name)
        several = faults if self._places(name) else faults[:1]
        return "".join(dict.fromkeys(self._words(name, fault) for fault in several))

    def pieces(self, name: str) -> list[tuple[str, bool]]:
        """What was typed, in pieces, and whether a fault points at each; empty if none does."""
        text, behind = self.one(name), 0
        found: list[tuple[str, bool]] = []
        for start, end in self._places(name):
            found += [(text[behind:start], False), (text[start:end], True)]
            behind = end
        return [*found, (text[behind:], False)] if found else []

    def _places(self, name: str) -> list[tuple[int, int]]:
        """The spans of the text that faults point at: start and end behind the field's place."""
        depth = len(self._fields[name].loc or (name,))
        places = []
        for fault in self._faults_of(name):
            match fault.loc[depth:]:
                case (int(start), int(end)):
                    places.append((start, end))
        return sorted(places)

    def faults(self) -> list[tuple[str | None, str]]:
        """What is wrong, from the top of the page: the field's id, and what to do."""
        found: list[tuple[str | None, str]] = []
        placed: list[FieldFault] = []
        for name, field in self._fields.items():
            for fault in self._faults_of(name):
                placed.append(fault)
                words = self._words(name, fault)
                missing = fault.code == "missing"
                found.append((self.id(name), words if missing else f"{field.label}：{words}"))
        errors = () if self.problem is None else self.problem.errors
        return found + [(None, fault.detail) for fault in errors if fault not in placed]

    def _faults_of(self, name: str) -> list[FieldFault]:
        loc = self._fields[name].loc or (name,)
        errors = () if self.problem is None else self.problem.errors
        return [fault for fault in errors if fault.loc[: len(loc)] == loc]

    def _words(self, name: str, fault: FieldFault) -> str:
        field = self._fields[name]
        return f"{field.label}を{field.ask}" if fault.code == "missing" else fault.detail


async def read_form(request: Request) -> Typed:
    """The form that was sent. Raises InvalidInput for text that cannot be written down."""
    form = await request.form()
    for pair in form.multi_items():
        if any(isinstance(one, str) and unwritable(one) for one in pair):
            raise InvalidInput("bad-character", "使えない文字が含まれています。")
    return Typed(form)


def refuse_empty(typed: Typed, names: Iterable[str]) -> None:
    """Raise InvalidInput that names each of these fields that was left empty, or shows nothing."""
    empty = [name for name in names if shows_nothing(typed.exact(name))]
    if empty:
        faults = [FieldFault((name,), "missing", "この項目を入力してください。") for name in empty]
        raise InvalidInput("invalid-input", "入力の内容をご確認ください。", errors=faults)


def _given(values: Mapping[str, object]) -> dict[str, object]:
    return {
        name: _given(value) if isinstance(value, Mapping) else value
        for name, value in values.items()
        if value not in ("", None)
    }


def validated(model: type[Model], values: Mapping[str, object]) -> Model:
    """The model of these values; a field left empty is one not given. Raises InvalidInput."""
    try:
        return model.model_validate(_given(values))
    except ValidationError as error:
        raise validation_problem(error.errors()) from None


def local_input(moment: datetime) -> str:
    """A moment as a `datetime-local` field takes it."""
    return moment.astimezone(JST).strftime("%Y-%m-%dT%H:%M")
