"""The bodies that the machine interface takes; the pages fill the same ones."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt, StringConstraints

from services.intake.domain.consultation import FACT_NAMES, ConsultationFacts
from services.intake.domain.referral_request import (
    MOST_AUTHORISER,
    MOST_DESTINATIONS,
    MOST_OVERRIDE,
    MOST_REASON,
    ReferralRequest,
)
from shared.identity.principal import Principal
from shared.plan import Plan
from shared.web.guarding import CONFIRMABLE, GUARDED
from shared.web.models import NONE_CHOSEN, ApiModel, AwareTime, Day, StrictNumber

Word = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=MOST_REASON), GUARDED]
Override = Annotated[str, StringConstraints(max_length=MOST_OVERRIDE), GUARDED]
Authoriser = Annotated[str, StringConstraints(min_length=1, max_length=MOST_AUTHORISER), GUARDED]
Memo = Annotated[str, StringConstraints(max_length=500), CONFIRMABLE]
Note = Annotated[str, StringConstraints(max_length=200), GUARDED]
Number = Annotated[StrictNumber, Field(max_digits=18, decimal_places=4)]


class ReferBody(ApiModel):
    """Where to refer to, why, and on which basis."""

    to: list[Word] = Field(max_length=MOST_DESTINATIONS)
    lead: Word | None = None
    reason: Reason
    basis: Word
    mode: Word
    authorised_by: Authoriser = ""
    at: AwareTime | None = None

    def request(self, principal: Principal, plan: Plan, now: datetime) -> ReferralRequest:
        """The request, with the first destination as lead unless the caller said otherwise."""
        lead = self.lead if "lead" in self.model_fields_set else next(iter(self.to), None)
        return ReferralRequest(
            to=tuple(self.to),
            lead=lead,
            reason=self.reason,
            basis=self.basis,
            mode=self.mode,
            authorised_by=self.authorised_by or plan.staff_of(principal.agency or ""),
            at=self.at or now,
        )


class ReferForm(ReferBody):
    """The same on a page, which asks why the plan's suggestion was not followed."""

    lead: Annotated[Word | None, NONE_CHOSEN] = None
    override: Override = ""

    def request(self, principal: Principal, plan: Plan, now: datetime) -> ReferralRequest:
        """The request with that reason, blank if there is none."""
        return replace(super().request(principal, plan, now), override=self.override)


class ConsultationBody(ApiModel):
    """A consultation as the desk writes it down."""

    received_at: AwareTime
    caller: Word
    channel: Word
    anonymous: StrictBool
    repeat: StrictBool
    age_band: Word
    sex: Word
    district: Word
    household: Word
    topics: list[Word] = Field(max_length=50)
    main_topic: Word
    urgency: Word
    response: Word
    memo_confirmed: StrictBool = False
    memo: Memo | None = None
    case_code: str | None = Field(default=None, max_length=20)
    refer: ReferBody | None = None

    def facts(self) -> ConsultationFacts:
        """The facts without memo and referral."""
        values = {name: getattr(self, name) for name in FACT_NAMES}
        return ConsultationFacts(**values | {"topics": tuple(self.topics)})


class ConsultationForm(ConsultationBody):
    """The same on a page."""

    refer: ReferForm | None = None


class ConsultationCorrection(ApiModel):
    """The fields that change, and why."""

    reason: Reason
    received_at: AwareTime | None = None
    caller: Word | None = None
    channel: Word | None = None
    anonymous: StrictBool | None = None
    repeat: StrictBool | None = None
    age_band: Word | None = None
    sex: Word | None = None
    district: Word | None = None
    household: Word | None = None
    topics: list[Word] | None = Field(default=None, max_length=50)
    main_topic: Word | None = None
    urgency: Word | None = None
    response: Word | None = None
    refer: ReferBody | None = None

    def changes(self) -> dict[str, Any]:
        """The changed facts by name."""
        given = {name: getattr(self, name) for name in FACT_NAMES}
        changed = {name: value for name, value in given.items() if value is not None}
        if "topics" in changed:
            changed["topics"] = tuple(changed["topics"])
        return changed


class SearchBody(ApiModel):
    """Which of the desk's consultations its page lists."""

    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    after: UUID | None = None
    code: str | None = None


class ReasonBody(ApiModel):
    """Why a record is cancelled."""

    reason: Reason


class ActivityBody(ApiModel):
    """An activity as the desk records it."""

    kind: Word
    held_on: Day
    district: Word | None = None
    quantity: StrictInt = 1
    attendance: StrictInt | None = None
    amount: StrictInt | None = None
    note: Note | None = None


class ActivityCorrection(ApiModel):
    """The fields of an activity that change, and why."""

    reason: Reason
    kind: Word | None = None
    held_on: Day | None = None
    district: Word | None = None
    quantity: StrictInt | None = None
    attendance: StrictInt | None = None
    amount: StrictInt | None = None


class FigureBody(ApiModel):
    """A figure: `value`, or `numerator` and `denominator`, or `state`, by the indicator's kind."""

    indicator: Word
    part: Word | None = None
    as_of: Day
    value: Number | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    state: str | None = Field(default=None, max_length=20)


class FigureCorrection(ApiModel):
    """The fields of a figure that change, and why."""

    reason: Reason
    as_of: Day | None = None
    value: Number | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    state: str | None = Field(default=None, max_length=20)
