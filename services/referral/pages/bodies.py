"""The bodies that the machine interface takes; the pages fill the same ones."""

from typing import Annotated

from pydantic import Field, StringConstraints

from services.referral.domain.offering import Offer
from services.referral.usecases.acting import Acting
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
