"""What is asked for in an address: a fiscal year, the number of a release."""

import re
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from shared.japanese_time import fiscal_year_of, japanese_day

_DIGITS = re.compile(r"[1-9][0-9]*")


def _plain(value: Any) -> Any:
    """Digits and nothing else, as periods are read; no sign, no space, no line's end."""
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise PydanticCustomError("int_parsing", "digits alone")
    return value


PLAIN = BeforeValidator(_plain)

#: Fiscal years that can be asked for.
Year = Annotated[int | None, PLAIN, Query(ge=2000, le=2100)]

#: The number of a release in a path.
ReleaseNumber = Annotated[int, PLAIN, Path(ge=1, le=2**31 - 1)]


def asked_year(fy: int | None, now: datetime) -> int:
    """The fiscal year that was asked for, the current one by default."""
    return fiscal_year_of(japanese_day(now)) if fy is None else fy
