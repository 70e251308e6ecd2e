"""What the machine interface of intake answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field


class Warned(BaseModel):
    """Something to look at; the record was stored all the same.

    `likely-duplicate`: the desk wrote down another consultation within 30 days whose subject's
    age band, sex, district, household and main topic are the same, and whose case goes on.
    `detail` says when. Never of another desk, never about violence.
    """

    code: str
    detail: str


class RecordedBody(BaseModel):
    """What the desk gets back. `code` and `case_id` are null without a case."""

    id: UUID
    desk: str
    fiscal_year: int
    revision: int
    code: str | None
    case_id: UUID | None
    warnings: list[Warned] = []


class StoredBody(BaseModel):
    """A stored activity or figure."""

    id: UUID
    fiscal_year: int
    revision: int


class RevisionBody(BaseModel):
    """What the record said before, who changed it and why."""

    revision: int
    facts: dict[str, Any]
    reason: str
    changed_by: str
    changed_at: datetime


class StandingBody(BaseModel):
    """Where one leg stands."""

    id: UUID
    to: str
    sender: str = Field(serialization_alias="from")
    lead: bool
    state: str
    since: datetime
    reason: str | None
    outcome: str | None


class ListedConsultation(BaseModel):
    """One line of the desk's list."""

    id: UUID
    desk: str
    fiscal_year: int
    revision: int
    cancelled: bool
    case_id: UUID | None
    received_at: datetime
    caller: str
    channel: str
    anonymous: bool
    repeat: bool
    age_band: str
    sex: str
    district: str
    household: str
    topics: list[str]
    main_topic: str
    urgency: str
    response: str


class ShownBody(ListedConsultation):
    """A consultation with everything that belongs to it.

    `memo_deleted_at`: when its memo was deleted because the plan's time for words was over.
    """

    memo: str | None
    memo_deleted_at: datetime | None = None
    code: str | None
    revisions: list[RevisionBody]
    referrals: list[StandingBody]
