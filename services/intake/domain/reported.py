"""Which indicators are reported as figures, and in which form: read from the counting rules."""

from dataclasses import dataclass
from typing import Literal

from shared.plan import Plan
from shared.plan.counting import (
    RatioLast,
    RatioSum,
    RegisterLast,
    RegisterPlusAttendance,
    RegisterSum,
    ReportedOrClosed,
    StateLast,
)


@dataclass(frozen=True, slots=True)
class ReportedForm:
    """The form of an indicator's figures. `parts` is empty when it is reported as a whole."""

    shape: Literal["value", "ratio", "state"]
    parts: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    may_exceed_one: bool = False


def reported_form(plan: Plan, indicator: str) -> ReportedForm | None:
    """The form of an indicator's figures; None for one that is counted from records."""
    match plan.rules.get(indicator):
        case RegisterLast() | RegisterPlusAttendance():
            return ReportedForm("value")
        case RegisterSum(parts=parts):
            return ReportedForm("value", parts=parts)
        case ReportedOrClosed(parts=reported):
            return ReportedForm("value", parts=tuple(part.part for part in reported))
        case RatioSum(may_exceed_one=may) | RatioLast(may_exceed_one=may):
            return ReportedForm("ratio", may_exceed_one=may)
        case StateLast(states=states):
            return ReportedForm("state", states=states)
        case _:
            return None
