"""The base of every request body: unknown fields are refused, times carry their offset."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError


class ApiModel(BaseModel):
    """A request body. Nothing is guessed: types are strict, and unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


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


def _with_offset(value: datetime) -> datetime:
    if value.tzinfo is None or value.utcoffset() is None:
        raise PydanticCustomError("time_without_offset", "a time needs an offset")
    return value


#: RFC 3339 with an offset; a number or a time without one is refused.
AwareTime = Annotated[datetime, BeforeValidator(_only_text), AfterValidator(_with_offset)]

#: A calendar day, `YYYY-MM-DD`.
Day = Annotated[date, BeforeValidator(_only_day)]
