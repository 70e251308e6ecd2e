"""Promise: no text that somebody may type freely reaches us without the guard."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

import services
from shared.web.guarding import CONFIRMABLE, GUARDED
from shared.web.models import ApiModel

#: Fields that take codes of the plan's lists, ids, addresses of machines, and the names of
#: webhooks: those take small letters and digits alone, and `refuse_identifiers` looks at them.
CODES = frozenset(
    {
        *("account", "act", "age_band", "agencies", "agency", "basis", "caller", "case_code"),
        *("channel", "code", "district", "done", "end", "ended_by", "household", "indicator"),
        *("kind", "lead", "main_topic", "mode", "name", "outcome", "part", "period", "record"),
        *("response", "score", "sender", "sex", "state", "substitute", "suggest", "to", "topic"),
        *("topics", "urgency", "url", "who", "whom"),
    }
)
#: A `reason` is a code of the plan's list in this body alone, and free text in every other.
_CODED = {("ReturnBody", "reason")}


def bodies() -> Iterator[type[BaseModel]]:
    """Every request body of the services."""
    for module in pkgutil.walk_packages(services.__path__, "services."):
        if ".pages." in module.name:
            importlib.import_module(module.name)
    waiting: list[type[BaseModel]] = [ApiModel]
    while waiting:
        body = waiting.pop()
        yield body
        waiting += body.__subclasses__()


def _parts(
    annotation: Any, metadata: tuple[Any, ...] = ()
) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Every type inside an annotation with the marks on it."""
    inner = getattr(annotation, "__metadata__", None)
    if inner is not None:
        yield from _parts(annotation.__origin__, (*metadata, *inner))
    elif get_args(annotation):
        for part in get_args(annotation):
            yield from _parts(part, metadata)
    else:
        yield annotation, metadata


def _texts() -> Iterator[tuple[str, str, bool]]:
    for body in bodies():
        for name, field in body.model_fields.items():
            for kind, marks in _parts(field.annotation, tuple(field.metadata)):
                if kind is str:
                    yield body.__name__, name, GUARDED in marks or CONFIRMABLE in marks


def guarded_fields() -> set[str]:
    """The names of the fields that people write into."""
    return {name for _, name, guarded in _texts() if guarded}


def test_every_free_text_field_is_guarded() -> None:
    free = {
        f"{body}.{name}"
        for body, name, guarded in _texts()
        if not guarded and name not in CODES and (body, name) not in _CODED
    }
    assert free == set()


@pytest.mark.parametrize("name", ["memo", "note", "reason", "minutes", "goal", "override"])
def test_the_check_sees_the_fields_that_people_write_into(name: str) -> None:
    assert any(guarded for _, field, guarded in _texts() if field == name)


def test_only_the_memo_of_a_consultation_can_be_confirmed() -> None:
    confirmable = {
        f"{body.__name__}.{name}"
        for body in bodies()
        for name, field in body.model_fields.items()
        if any(CONFIRMABLE in marks for _, marks in _parts(field.annotation, tuple(field.metadata)))
    }
    assert confirmable == {"ConsultationBody.memo", "ConsultationForm.memo"}
