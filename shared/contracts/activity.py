"""Events about activities 活動."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from shared.contracts.base import Code, Contract, Producer


class _ActivityFacts(Contract):
    producer: ClassVar[Producer] = "intake"

    desk: Code
    kind: Code
    held_on: date
    district: Code | None = None
    quantity: int = Field(ge=0)
    attendance: int | None = Field(default=None, ge=0)
    amount: int | None = Field(default=None, ge=0, description="yen")
    revision: int = Field(ge=1)


class ActivityRecordedV1(_ActivityFacts):
    """A desk recorded an activity. The subject of the event is the activity's id."""


class ActivityCorrectedV1(_ActivityFacts):
    """An activity as it stands after a correction; it replaces every earlier revision."""


class ActivityCancelledV1(Contract):
    """An activity was entered in error, and counts nowhere."""

    producer: ClassVar[Producer] = "intake"

    desk: Code
    revision: int = Field(ge=1)
