"""What the machine interface of the referral service answers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.referral.domain.case import Case, Leg
from services.referral.domain.sharing import stands
from services.referral.pages.conference_answers import CurrentPlanBody, HeldBody
from services.referral.storage.history import Act
from services.referral.usecases.show_cases import InboxEntry, ShownCase, is_overdue
from shared.japanese_time import japanese_day


class SuggestionBody(BaseModel):
    """An agency that the plan names."""

    agency: str
    reason: str
    source_line: str
    urgent: bool


class InboxBody(BaseModel):
    """One open leg of the receiver."""

    id: UUID
    case_id: UUID
    lead: bool
    state: str
    topics: list[str]
    urgency: str | None
    sender: str = Field(serialization_alias="from")
    to: str
    due_at: datetime
    overdue: bool
    basis: str
    confirmed: bool

    @classmethod
    def of(cls, entry: InboxEntry) -> "InboxBody":
        """The entry as the machine interface gives it."""
        return cls(
            id=entry.leg.id,
            case_id=entry.case.id,
            lead=entry.leg.lead,
            state=entry.leg.state,
            topics=list(entry.case.topics),
            urgency=entry.case.urgency or None,
            sender=entry.leg.sender,
            to=entry.leg.receiver,
            due_at=entry.leg.due_at,
            overdue=entry.overdue,
            basis=entry.leg.basis,
            confirmed=entry.leg.confirmed_at is not None,
        )


class ActBody(BaseModel):
    """One act in the history of a case; `detail` holds codes, and words this party may read."""

    action: str
    leg_id: UUID | None
    agency: str
    detail: dict[str, Any]
    happened_at: datetime
    recorded_at: datetime

    @classmethod
    def of(cls, act: Act) -> "ActBody":
        """The act as far as the caller may see it."""
        return cls(
            action=act.action,
            leg_id=act.leg_id,
            agency=act.agency,
            detail=act.detail,
            happened_at=act.happened_at,
            recorded_at=act.recorded_at,
        )


class LegBody(BaseModel):
    """A leg as it stands."""

    id: UUID
    to: str
    sender: str = Field(serialization_alias="from")
    lead: bool
    state: str
    due_at: datetime
    overdue: bool
    basis: str
    consent_until: date | None
    consent_withdrawn: bool
    confirmed: bool
    assigned_to: str | None
    outcome: str | None
    ended_by: str | None
    instead_of: str | None

    @classmethod
    def of(cls, leg: Leg, now: datetime) -> "LegBody":
        """The leg as the machine interface gives it."""
        return cls(
            id=leg.id,
            to=leg.receiver,
            sender=leg.sender,
            lead=leg.lead,
            state=leg.state,
            due_at=leg.due_at,
            overdue=is_overdue(leg, now),
            basis=leg.basis,
            consent_until=leg.consent_until,
            consent_withdrawn=not stands(leg, japanese_day(now)),
            confirmed=leg.confirmed_at is not None,
            assigned_to=leg.assigned_name,
            outcome=leg.outcome,
            ended_by=leg.ended_by,
            instead_of=leg.instead_of,
        )


class ShownLegBody(LegBody):
    """A leg as this party sees it: what is not for it to read is null."""

    authorised_by: str | None
    reason: str | None

    @classmethod
    def of(cls, leg: Leg, now: datetime) -> "ShownLegBody":
        """The leg as the machine interface gives it."""
        known = LegBody.of(leg, now).model_dump()
        return cls(**known, authorised_by=leg.authorised_by or None, reason=leg.reason or None)


class LegRecordBody(ShownLegBody):
    """One leg by itself: for a receiver that gave it back, all that it keeps of the case."""

    case_id: UUID
    offered_at: datetime
    history: list[ActBody]


class OfferedBody(BaseModel):
    """The legs that were offered."""

    case_id: UUID
    legs: list[LegBody]


class StandingBody(BaseModel):
    """A case after an act on the whole of it."""

    id: UUID
    state: str
    holder: str
    escalated: bool
    outcome: str | None
    ended_by: str | None

    @classmethod
    def of(cls, case: Case) -> "StandingBody":
        """The case as the machine interface gives it."""
        return cls(
            id=case.id,
            state=case.state,
            holder=case.holder,
            escalated=case.escalated,
            outcome=case.outcome,
            ended_by=case.ended_by,
        )


class CaseBody(BaseModel):
    """A case as this party sees it."""

    id: UUID
    code: str | None = None
    state: str
    holder: str
    escalated: bool
    overdue: bool
    outcome: str | None
    ended_by: str | None
    allowed: list[str]
    topics: list[str]
    urgency: str | None
    facts: dict[str, str]
    legs: list[ShownLegBody]
    history: list[ActBody]
    conferences: list[HeldBody]
    plan: CurrentPlanBody | None

    @classmethod
    def of(cls, shown: ShownCase, now: datetime) -> "CaseBody":
        """The case as the machine interface gives it."""
        return cls(
            id=shown.case.id,
            code=shown.case.code,
            state=shown.case.state,
            holder=shown.case.holder,
            escalated=shown.case.escalated,
            overdue=shown.overdue,
            outcome=shown.case.outcome,
            ended_by=shown.case.ended_by,
            allowed=shown.allowed,
            topics=list(shown.case.topics),
            urgency=shown.case.urgency or None,
            facts=shown.case.facts,
            legs=[ShownLegBody.of(entry.leg, now) for entry in shown.legs],
            history=[ActBody.of(act) for act in shown.acts],
            conferences=[HeldBody.of(held) for held in shown.conferences],
            plan=CurrentPlanBody.current(shown.plans),
        )
