"""Events about conferences 会議. Their subject is the conference's id."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from shared.contracts.base import Code, Contract, Producer


class ConferenceHeldV1(Contract):
    """Agencies met about cases. The convener is among `agencies`.

    It says how many cases and not which: nobody can tell from it who met about whom.
    """

    producer: ClassVar[Producer] = "referral"

    kind: Code
    held_on: date
    convener: Code
    agencies: tuple[Code, ...] = Field(min_length=2)
    cases: int = Field(ge=1)


class ConferenceCancelledV1(Contract):
    """A conference was recorded in error, and counts nowhere; what it decided stays as it is."""

    producer: ClassVar[Producer] = "referral"

    convener: Code
