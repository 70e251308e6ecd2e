"""Counting rules as data: how each indicator is counted, readable by a manager."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

RecordedBy = Literal["council", "other"]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=1)
    since: date
    explained: str = Field(min_length=10)


class Consultations(_Rule):
    """Consultations by desk, kind of desk, caller and group of topics; every condition given."""

    method: Literal["consultations"]
    desks: frozenset[str] | None = None
    desk_kinds: frozenset[str] | None = None
    callers: frozenset[str] | None = None
    topic_group: str | None = None


class ConsultationsOrAccepted(_Rule):
    """Consultations at an agency's desk, or with a leg that the agency accepted; null before."""

    method: Literal["consultations-or-accepted"]
    agency: str


class AidedOrClosed(_Rule):
    """Consultations of a topic group that were aided, or whose leg ended with an outcome."""

    method: Literal["aided-or-closed"]
    topic_group: str
    desk_kind: str
    response: str
    outcomes: frozenset[str]


class ActivitySum(_Rule):
    """The sum of a measure of activities of a kind.

    With `conferences_with`, each conference in which an agency of that kind took part adds one.
    """

    method: Literal["activity-sum"]
    activity: str
    measure: Literal["quantity", "attendance", "amount"]
    recorded_by: RecordedBy
    conferences_with: str | None = None


class ActivityDistricts(_Rule):
    """The number of different districts among activities of a kind."""

    method: Literal["activity-districts"]
    activity: str
    districts: frozenset[str]
    recorded_by: RecordedBy


class RegisterLast(_Rule):
    """The last value of a register in or before the year."""

    method: Literal["register-last"]


class RegisterSum(_Rule):
    """The last values of a register's parts added; null until every part has one."""

    method: Literal["register-sum"]
    parts: tuple[str, ...]


class RegisterPlusAttendance(_Rule):
    """The last value of a register plus the attendance of activities after its day."""

    method: Literal["register-plus-attendance"]
    activity: str
    recorded_by: RecordedBy


class RatioSum(_Rule):
    """Numerators over denominators, both added over the year; `scale` makes it the unit's."""

    method: Literal["ratio-sum"]
    scale: int
    may_exceed_one: bool


class RatioLast(_Rule):
    """The last reported numerator over its denominator in or before the year."""

    method: Literal["ratio-last"]
    scale: int
    may_exceed_one: bool


class StateLast(_Rule):
    """The last reported state of a milestone in or before the year."""

    method: Literal["state-last"]
    states: tuple[str, ...]


class ReportedPart(BaseModel):
    """A part that is reported, or else counted from an agency's closed legs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    part: str
    agency: str | None = None


class ReportedOrClosed(_Rule):
    """Parts added: each the year's reported figures, or else legs closed with the outcome."""

    method: Literal["reported-or-closed"]
    outcome: str
    parts: tuple[ReportedPart, ...]


CountingRule = Annotated[
    Consultations
    | ConsultationsOrAccepted
    | AidedOrClosed
    | ActivitySum
    | ActivityDistricts
    | RegisterLast
    | RegisterSum
    | RegisterPlusAttendance
    | RatioSum
    | RatioLast
    | StateLast
    | ReportedOrClosed,
    Field(discriminator="method"),
]
