"""The city's `demonstration.toml`, checked: how many records of what, and which cases."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.japanese_time import last_day_of

FILE = "demonstration.toml"

Words = Annotated[list[str], Field(min_length=1)]
Count = Annotated[int, Field(ge=0)]


class Part(BaseModel):
    """A part of the script; an unknown name is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Defaults(Part):
    """What consultations take in turns where their group does not say otherwise."""

    channels: Words
    age_bands: Words
    sexes: Words
    districts: Words
    households: Words
    responses: Words


class ConsultationGroup(Part):
    """`baseline` records in the baseline year, `current` in a whole current year."""

    desk: str
    baseline: Count
    current: Count
    callers: Words
    topics: Words
    responses: Words | None = None


class ActivityGroup(Part):
    """A yearly number of times, persons (`attendance`) or yen (`amount`), spread over months."""

    kind: str
    desk: str
    measure: Literal["quantity", "attendance", "amount"] = "quantity"
    baseline: Count
    current: Count
    months: list[int] = [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3]
    districts: list[str] = []


class Figure(Part):
    """A reported figure as of 31 March of the baseline year and 30 September of the current."""

    indicator: str
    desk: str
    part: str | None = None
    baseline: dict[str, Any] | None = None
    current: dict[str, Any] | None = None


class Act(Part):
    """One act on a case: `after` so many days, by this agency; `with` is the call's body."""

    after: Count
    by: str
    do: Literal[
        "accept",
        "return",
        "withdraw",
        "confirm",
        "contacts",
        "hand-on",
        "close",
        "refer",
        "close-case",
    ]
    body: dict[str, Any] = Field(default={}, alias="with")


class CaseStory(Part):
    """A case that begins once for each number of `days_ago`."""

    days_ago: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)]
    desk: str
    consultation: dict[str, Any]
    to: list[str]
    reason: str
    basis: str = "consent"
    mode: str = "phone"
    acts: list[Act]


class Script(Part):
    """The whole demonstration."""

    defaults: Defaults
    consultations: list[ConsultationGroup]
    activities: list[ActivityGroup]
    figures: list[Figure]
    cases: list[CaseStory]


def read_script(plan_folder: Path) -> Script:
    """The plan's demonstration. Raises FileNotFoundError or pydantic.ValidationError."""
    return Script.model_validate(tomllib.loads((plan_folder / FILE).read_text(encoding="utf-8")))


class Year(Part):
    """A fiscal year of which records up to and including `until` are written."""

    number: int
    until: date

    @property
    def first(self) -> date:
        """1 April."""
        return date(self.number, 4, 1)

    @property
    def last(self) -> date:
        """31 March."""
        return last_day_of(self.number)
