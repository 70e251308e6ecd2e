"""Counting rules as data: how each indicator is counted, readable by a manager."""

import hashlib
import json
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, TypeAdapter

RecordedBy = Literal["council", "other"]
#: Codes in no order; written in one, so that the same rule is always written the same.
Codes = Annotated[frozenset[str], PlainSerializer(sorted, return_type=list[str])]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=1)
    since: date
    explained: str = Field(min_length=10)

    @property
    def fingerprint(self) -> str:
        """A digest of what decides the figures: another one needs another version.

        How the rule is explained may be put better at any time.
        """
        decisive = self.model_dump(mode="json", exclude={"explained"})
        text = json.dumps(decisive, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def as_data(self) -> dict[str, Any]:
        """The rule as JSON can hold it; `read_rule` takes it back."""
        return self.model_dump(mode="json")


class Consultations(_Rule):
    """Consultations by desk, kind of desk, caller and group of topics; every condition given."""

    method: Literal["consultations"]
    desks: Codes | None = None
    desk_kinds: Codes | None = None
    callers: Codes | None = None
    topic_group: str | None = None


class ConsultationsOrAccepted(_Rule):
    """Consultations at an agency's desk, or with a leg that the agency accepted.

    Years that ended before `placed_on`, the day on which the agency began, have no value.
    """

    method: Literal["consultations-or-accepted"]
    agency: str
    placed_on: date


class AidedOrClosed(_Rule):
    """Consultations of a topic group that were aided, or whose leg ended with an outcome."""

    method: Literal["aided-or-closed"]
    topic_group: str
    desk_kind: str
    response: str
    outcomes: Codes


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
    districts: Codes
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
    """Numerators over denominators, both added over the year; `scale` makes it the unit's.

    Both are reported in whole numbers: people, or answers.
    """

    method: Literal["ratio-sum"]
    scale: int
    may_exceed_one: bool


class RatioLast(_Rule):
    """The last reported numerator over its denominator in or before the year, whole numbers."""

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

#: The rules that take reported figures.
REPORTED = (
    RegisterLast,
    RegisterSum,
    RegisterPlusAttendance,
    RatioSum,
    RatioLast,
    StateLast,
    ReportedOrClosed,
)
#: Those that show what stands at a day, instead of adding up what happened in a year.
STANDING = (RegisterLast, RegisterSum, RegisterPlusAttendance, RatioLast, StateLast)

_RULES: TypeAdapter[CountingRule] = TypeAdapter(CountingRule)


def read_rule(data: Any) -> CountingRule:
    """A rule from its data. Raises ValidationError."""
    return _RULES.validate_python(data, strict=False)
