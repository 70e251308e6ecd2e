"""What every published contract is: a frozen fact with a type name and one producer."""

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, field_validator

from shared.characters import unwritable

Producer = Literal["intake", "referral"]

#: An ASCII code of the plan's lists; the producer has checked that it exists.
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]

#: An instant with an offset.
Instant = AwareDatetime


class Contract(BaseModel):
    """A published event's data. It never changes its meaning: add optional fields, or a V2.

    Readers ignore fields they do not know, so that a producer may be newer than they are.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_timedelta="iso8601")

    producer: ClassVar[Producer]
    #: The fields that hold words somebody wrote, which are blanked after their time.
    words: ClassVar[tuple[str, ...]] = ()

    # No reader could store it: better that nobody publishes it.
    @field_validator("*", mode="before")
    @classmethod
    def _writable(cls, value: Any) -> Any:
        if isinstance(value, str) and unwritable(value):
            raise ValueError("a text that cannot be written down")
        return value

    @classmethod
    def type_name(cls) -> str:
        """The CloudEvents type, for example `tsunagi.intake.consultation-recorded.v1`."""
        name, version = re.fullmatch(r"(\w+?)V(\d+)", cls.__name__, re.ASCII).groups()  # type: ignore[union-attr]
        words = re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
        return f"tsunagi.{cls.producer}.{words}.v{version}"
