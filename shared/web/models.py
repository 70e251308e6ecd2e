"""The base of every request body: no unknown fields, no text that is broken or not seen."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Strict,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

from shared.characters import shows_nothing, unclear, unwritable


class ApiModel(BaseModel):
    """A request body. Nothing is guessed: types are strict, and unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    # Before every other look: the guard on free text gets nothing that cannot be written down.
    @field_validator("*", mode="before")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, str):
                _check_readable(one)
        return value


def _check_readable(text: str) -> None:
    if unwritable(text):
        raise PydanticCustomError("bad_character", "a text that cannot be written down")
    if unclear(text):
        raise PydanticCustomError("unclear_character", "a control character, or a turning mark")
    # Spaces alone are left to whoever asks for words: an optional text may be left blank.
    if text.strip() and shows_nothing(text):
        raise PydanticCustomError("nothing_shown", "a text of which nothing is seen")


#: A form's choice that says there is none, as a body says null.
NONE_CHOSEN = BeforeValidator(lambda one: None if one == "none" else one)


def _only_text(value: Any) -> Any:
    if not isinstance(value, str | datetime):
        raise PydanticCustomError("datetime_type", "a time is a text")
    return value


def _only_day(value: Any) -> Any:
    if not isinstance(value, str | date) or isinstance(value, datetime):
        raise PydanticCustomError("date_type", "a day is a text")
    return value


def _only_number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise PydanticCustomError("decimal_type", "a number is not a text")
    # As it is written: a binary fraction has other digits.
    return Decimal(str(value))


def _with_offset(value: datetime) -> datetime:
    if value.tzinfo is None or value.utcoffset() is None:
        raise PydanticCustomError("time_without_offset", "a time needs an offset")
    return value


def _in_years(value: date) -> date:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise PydanticCustomError(
            "year_out_of_range",
            "a year from {first} to {last}",
            {"first": FIRST_YEAR, "last": LAST_YEAR},
        )
    return value


#: Whatever we add to a day or a moment, and in whatever place we look at it, stays one that is.
FIRST_YEAR, LAST_YEAR = 1900, 2999

#: RFC 3339 with an offset; a number or a time without one is refused.
AwareTime = Annotated[
    datetime, BeforeValidator(_only_text), AfterValidator(_with_offset), AfterValidator(_in_years)
]

#: A calendar day, `YYYY-MM-DD`.
Day = Annotated[date, BeforeValidator(_only_day), AfterValidator(_in_years)]

#: A number as JSON has it: a text with digits is none.
StrictNumber = Annotated[
    Decimal, Strict(), BeforeValidator(_only_number), WithJsonSchema({"type": "number"})
]
