"""The bodies that the machine interface takes and gives; the pages fill the same ones."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.referral.domain.offering import Offer
from services.referral.usecases.acting import Acting
from services.referral.usecases.show_cases import InboxEntry, ShownCase, is_overdue
from shared.web.models import ApiModel, AwareTime, Day

Word = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Note = Annotated[str, StringConstraints(max_length=200)]


class Timed(ApiModel):
    """An act, and when it happened if that was earlier than now."""

    at: AwareTime | None = None


class ReturnBody(Timed):
    """Why the leg is given back, and who could take it instead."""

    reason: Word
    note: Note | None = None
    suggest: Word | None = None


class WithdrawBody(Timed):
    """Why the offer is taken back, or made again."""

    reason: Words


class ContactBody(Timed):
    """A contact with the person."""

    on: Day
    kind: Word
    memo: Annotated[str, StringConstraints(max_length=500)] | None = None


class CloseBody(Timed):
    """How support on this leg ended, and on whose side."""

    outcome: Word
    ended_by: Word
    note: Note | None = None


class ReferBody(Timed):
    """Where to refer to, why, and on which basis."""

    to: list[Word] = Field(max_length=5)
    lead: Word | None = None
    reason: Words
    basis: Word
    mode: Word
    authorised_by: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None

    def offer(self, acting: Acting) -> Offer:
        """The offer, with the first destination as lead unless the caller said otherwise."""
        lead = self.lead if self.lead_chosen else next(iter(self.to), None)
        default = f"{acting.plan.agency_name(acting.agency)} {acting.principal.name}"[:40]
        return Offer(
            sender=acting.agency,
            to=tuple(self.to),
            lead=lead,
            reason=self.reason,
            basis=self.basis,
            mode=self.mode,
            authorised_by=self.authorised_by or default,
            at=self.at or acting.now,
        )

    @property
    def lead_chosen(self) -> bool:
        """Whether the caller named the lead, or said that there is none."""
        return "lead" in self.model_fields_set


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
            urgency=entry.case.urgency if entry.urgency_visible else None,
            sender=entry.leg.sender,
            to=entry.leg.receiver,
            due_at=entry.leg.due_at,
            overdue=entry.overdue,
            basis=entry.leg.basis,
            confirmed=False,
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

    @classmethod
    def of(cls, leg: Any, now: datetime) -> "LegBody":
        """The leg as the machine interface gives it."""
        return cls(
            id=leg.id,
            to=leg.receiver,
            sender=leg.sender,
            lead=leg.lead,
            state=leg.state,
            due_at=leg.due_at,
            overdue=is_overdue(leg, now),
        )


class OfferedBody(BaseModel):
    """The legs that were offered."""

    case_id: UUID
    legs: list[LegBody]


class ActBody(BaseModel):
    """One act in the history of a case."""

    action: str
    leg_id: UUID | None
    agency: str
    happened_at: datetime
    recorded_at: datetime


class CaseBody(BaseModel):
    """A case as this party sees it."""

    id: UUID
    code: str | None = None
    state: str
    holder: str
    escalated: bool
    overdue: bool
    topics: list[str]
    urgency: str | None
    facts: dict[str, str]
    legs: list[LegBody]
    history: list[ActBody]
    conferences: list[Any] = []
    plan: None = None

    @classmethod
    def of(cls, shown: ShownCase, now: datetime) -> "CaseBody":
        """The case as the machine interface gives it."""
        return cls(
            id=shown.case.id,
            code=shown.code,
            state=shown.case.state,
            holder=shown.case.holder,
            escalated=shown.case.escalated,
            overdue=shown.overdue,
            topics=list(shown.case.topics),
            urgency=shown.case.urgency if shown.urgency_visible else None,
            facts=shown.facts,
            legs=[LegBody.of(entry.leg, now) for entry in shown.legs],
            history=[
                ActBody(
                    action=act.action,
                    leg_id=act.leg_id,
                    agency=act.agency,
                    happened_at=act.happened_at,
                    recorded_at=act.recorded_at,
                )
                for act in shown.acts
            ],
        )
