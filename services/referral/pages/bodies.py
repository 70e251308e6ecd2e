"""The bodies that the machine interface takes; the pages fill the same ones."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from pydantic import Field, StrictBool, StringConstraints

from services.referral.domain.offering import Offer
from services.referral.usecases.acting import Acting
from shared.web.guarding import GUARDED
from shared.web.models import NONE_CHOSEN, ApiModel, AwareTime, Day

Word = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=200), GUARDED]
Authoriser = Annotated[str, StringConstraints(min_length=1, max_length=40), GUARDED]
Note = Annotated[str, StringConstraints(max_length=200), GUARDED]


class Timed(ApiModel):
    """An act, and when it happened if that was earlier than now."""

    at: AwareTime | None = None


class ReturnBody(Timed):
    """Why the leg is given back, and who could take it instead."""

    reason: Word
    note: Note | None = None
    suggest: Word | None = None


class ReasonBody(Timed):
    """Why it is done: an offer made again, a leg undone, a case taken over."""

    reason: Words


class WithdrawBody(ReasonBody):
    """Why the offer is taken back; `siblings` takes back the case's other open offers as well."""

    siblings: StrictBool = False


class ConfirmBody(Timed):
    """The hand-over code that the person carries."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class AssignBody(Timed):
    """The account that takes care of it: its id or its sign-in name."""

    account: Word


class CloseCaseBody(Timed):
    """How the case ended: completed or suspended, with what, and on whose side."""

    end: Word
    outcome: Word
    ended_by: Word
    note: Note | None = None


class ContactBody(Timed):
    """A contact with the person."""

    on: Day
    kind: Word
    memo: Annotated[str, StringConstraints(max_length=500), GUARDED] | None = None
    authorised_by: Authoriser | None = None


class CloseBody(Timed):
    """How support on this leg ended, and on whose side."""

    outcome: Word
    ended_by: Word
    note: Note | None = None


class _Sharing(Timed):
    """Why it is referred, on which basis, and how."""

    reason: Words
    basis: Word
    mode: Word
    authorised_by: Authoriser | None = None

    def _offer(self, to: Sequence[str], lead: str | None, acting: Acting) -> Offer:
        return Offer(
            sender=acting.agency,
            to=tuple(to),
            lead=lead,
            reason=self.reason,
            basis=self.basis,
            mode=self.mode,
            authorised_by=self.authorised_by or acting.plan.staff_of(acting.agency),
            at=self.at or acting.now,
        )


class HandOnBody(_Sharing):
    """Which one agency takes the leg on."""

    to: Word

    def offer(self, acting: Acting) -> Offer:
        """The offer; whether it leads follows from the leg that is handed on."""
        return self._offer((self.to,), None, acting)


class ReferBody(_Sharing):
    """Where to refer to, why, and on which basis."""

    to: list[Word] = Field(max_length=5)
    lead: Word | None = None

    def offer(self, acting: Acting) -> Offer:
        """The offer, with the first destination as lead unless the caller said otherwise."""
        lead = self.lead if self.lead_chosen else next(iter(self.to), None)
        return self._offer(self.to, lead, acting)

    @property
    def lead_chosen(self) -> bool:
        """Whether the caller named the lead, or said that there is none."""
        return "lead" in self.model_fields_set


class HandOnForm(HandOnBody):
    """The same on a page, which asks why the plan's suggestion was not followed."""

    override: Note = ""

    def offer(self, acting: Acting) -> Offer:
        """The offer with that reason, blank if there is none."""
        return replace(super().offer(acting), override=self.override)


class ReferForm(ReferBody):
    """The same on a page, which asks why the plan's suggestion was not followed."""

    lead: Annotated[Word | None, NONE_CHOSEN] = None
    override: Note = ""

    def offer(self, acting: Acting) -> Offer:
        """The offer with that reason, blank if there is none."""
        return replace(super().offer(acting), override=self.override)


class BasisBody(Timed):
    """On which basis the leg is shared from now on; consent may have a last day."""

    basis: Word
    authorised_by: Authoriser | None = None
    expires_on: Day | None = None


class ConsentWithdrawnBody(Timed):
    """The person took consent back, and why if they said so."""

    reason: Note | None = None


class CallBody(Timed):
    """Who was called: a number of the plan, or an agency."""

    whom: Word
