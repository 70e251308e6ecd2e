"""Forms: what was typed becomes the same model as the machine interface takes, or comes back."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

from shared.errors import Problem
from shared.japanese_time import JST
from shared.web.problems import validation_problem

Model = TypeVar("Model", bound=BaseModel)


class Typed:
    """What somebody typed, kept so that a refused form can be shown again as it was."""

    def __init__(
        self, form: FormData | None = None, first: Mapping[str, str] | None = None
    ) -> None:
        self._form = form
        self._first = dict(first or {})

    def one(self, name: str) -> str:
        """The field's text, empty without one."""
        if self._form is None:
            return self._first.get(name, "")
        value = self._form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def many(self, name: str) -> list[str]:
        """Every value of a field that may be chosen several times."""
        if self._form is None:
            return []
        return [value for value in self._form.getlist(name) if isinstance(value, str) and value]

    def optional(self, name: str) -> str | None:
        """The field's text, None when it was left empty."""
        return self.one(name) or None

    def local_time(self, name: str) -> str:
        """A `datetime-local` field in Japan's time, with its offset."""
        text = self.one(name)
        try:
            return datetime.fromisoformat(text).replace(tzinfo=JST).isoformat()
        except ValueError:
            return text


async def read_form(request: Request) -> Typed:
    """The form that was sent."""
    return Typed(await request.form())


def validated(model: type[Model], values: Mapping[str, object]) -> Model:
    """The model of these values. Raises InvalidInput in Japanese."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise validation_problem(error.errors()) from None


def local_input(moment: datetime) -> str:
    """A moment as a `datetime-local` field takes it."""
    return moment.astimezone(JST).strftime("%Y-%m-%dT%H:%M")


def fault_of(problem: Problem | None, *loc: str) -> str:
    """What is wrong with a field, empty when nothing is; for templates."""
    if problem is None:
        return ""
    found = [fault.detail for fault in problem.errors if fault.loc[: len(loc)] == loc]
    return found[0] if found else ""
