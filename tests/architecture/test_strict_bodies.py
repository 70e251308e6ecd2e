"""Promise: nothing in a request body is guessed; "yes" is no true, and "1" no number."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError, create_model

from services.intake.pages.bodies import FigureBody, FigureCorrection
from services.metrics.pages.releases_api import ReleaseBody
from tests.architecture.test_guarded_fields import bodies

_GUESSED = ("bool", "int", "float", "decimal")


def _lax(schema: Any, place: str) -> Iterator[str]:
    """The places in a validation schema that would take one kind of value for another."""
    match schema:
        case {"type": kind} if kind in _GUESSED and not schema.get("strict"):
            yield place
        case dict():
            for name, inner in schema.items():
                if name not in ("metadata", "serialization"):
                    yield from _lax(inner, place)
        case list() | tuple():
            for inner in schema:
                yield from _lax(inner, place)


def _lax_fields(body: type[BaseModel]) -> set[str]:
    return set(_lax(body.__pydantic_core_schema__, body.__name__))


def test_no_body_guesses_truth_or_numbers() -> None:
    found = list(bodies())
    assert len(found) > 20
    assert set().union(*map(_lax_fields, found)) == set()


def test_the_check_sees_a_body_that_guesses() -> None:
    lax = create_model("Lax", sure=(bool | None, None))
    assert _lax_fields(lax) == {"Lax"}


def test_a_number_is_no_text() -> None:
    figure = {"indicator": "volunteer-hosts", "as_of": "2026-05-20"}
    rate = {"indicator": "training-satisfaction", "as_of": "2026-05-20"}
    for told in (figure | {"value": "40"}, rate | {"numerator": "8", "denominator": 10}):
        with pytest.raises(ValidationError, match="a number is not a text"):
            FigureBody.model_validate(told)
    with pytest.raises(ValidationError, match="a number is not a text"):
        FigureCorrection.model_validate({"value": "40"})
    with pytest.raises(ValidationError, match="a number is not a text"):
        FigureBody.model_validate(figure | {"value": True})
    assert FigureBody.model_validate(figure | {"value": 1.34}).value == Decimal("1.34")
    assert FigureBody.model_validate(figure | {"value": 40}).value == 40


def test_a_word_is_not_taken_for_true() -> None:
    with pytest.raises(ValidationError, match="unfinished"):
        ReleaseBody.model_validate({"period": "2026-10", "unfinished": "yes"})
