"""Events about reported figures 報告値: a register's value, a ratio's parts, or a state."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from shared.contracts.base import Code, Contract, Producer


class _FigureFacts(Contract):
    producer: ClassVar[Producer] = "intake"

    desk: Code | None
    indicator: Code
    part: Code | None = None
    as_of: date
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    state: str | None = Field(default=None, max_length=20)
    revision: int = Field(ge=1)


class FigureReportedV1(_FigureFacts):
    """A figure was reported for a day. The subject of the event is the figure's id."""


class FigureCorrectedV1(_FigureFacts):
    """A figure as it stands after a correction; it replaces every earlier revision."""


class FigureCancelledV1(Contract):
    """A figure was entered in error, and counts nowhere."""

    producer: ClassVar[Producer] = "intake"

    indicator: Code
    revision: int = Field(ge=1)
