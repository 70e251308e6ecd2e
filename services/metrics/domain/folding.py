"""Fold events into facts: a newer revision replaces, a cancellation removes, a leg grows."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.metrics.domain.facts import (
    ActivityFact,
    ConferenceFact,
    ConsultationFact,
    FigureFact,
    LegFact,
)
from shared.contracts import (
    ActivityCancelledV1,
    ActivityCorrectedV1,
    ActivityRecordedV1,
    ConferenceCancelledV1,
    ConferenceHeldV1,
    ConsultationCancelledV1,
    ConsultationCorrectedV1,
    ConsultationRecordedV1,
    ContactRecordedV1,
    Contract,
    FigureCancelledV1,
    FigureCorrectedV1,
    FigureReportedV1,
    PersonConfirmedV1,
    ReferralAcceptedV1,
    ReferralClosedV1,
    ReferralHandedOnV1,
    ReferralOfferedV1,
    ReferralReturnedV1,
    ReferralSucceededV1,
    ReferralVoidedV1,
    ReferralWithdrawnV1,
)
from shared.contracts.referral import LegEvent
from shared.japanese_time import japanese_day

ConsultationTold = ConsultationRecordedV1 | ConsultationCorrectedV1 | ConsultationCancelledV1
ActivityTold = ActivityRecordedV1 | ActivityCorrectedV1 | ActivityCancelledV1
ConferenceTold = ConferenceHeldV1 | ConferenceCancelledV1
FigureTold = FigureReportedV1 | FigureCorrectedV1 | FigureCancelledV1

_STATES: dict[type[Contract], str] = {
    ReferralOfferedV1: "offered",
    ReferralAcceptedV1: "accepted",
    ContactRecordedV1: "supporting",
    ReferralHandedOnV1: "handed-on",
    ReferralVoidedV1: "void",
    ReferralReturnedV1: "returned",
    ReferralWithdrawnV1: "withdrawn",
    ReferralClosedV1: "closed",
}


def fold_consultation(
    fact: ConsultationFact | None, subject: UUID, told: ConsultationTold
) -> ConsultationFact | None:
    """The consultation after this event; an older revision changes nothing."""
    if fact is not None and told.revision <= fact.revision:
        return fact
    if isinstance(told, ConsultationCancelledV1):
        return None if fact is None else replace(fact, revision=told.revision, cancelled=True)
    return ConsultationFact(
        id=subject,
        revision=told.revision,
        cancelled=False,
        desk=told.desk,
        received_on=japanese_day(told.received_at),
        caller=told.caller,
        age_band=told.age_band,
        district=told.district,
        topics=told.topics,
        main_topic=told.main_topic,
        response=told.response,
    )


def fold_activity(
    fact: ActivityFact | None, subject: UUID, told: ActivityTold
) -> ActivityFact | None:
    """The activity after this event; an older revision changes nothing."""
    if fact is not None and told.revision <= fact.revision:
        return fact
    if isinstance(told, ActivityCancelledV1):
        return None if fact is None else replace(fact, revision=told.revision, cancelled=True)
    words = told.model_dump(include=set(ActivityFact.__dataclass_fields__))
    return ActivityFact(id=subject, cancelled=False, **words)


def fold_figure(fact: FigureFact | None, subject: UUID, told: FigureTold) -> FigureFact | None:
    """The figure after this event; an older revision changes nothing."""
    if fact is not None and told.revision <= fact.revision:
        return fact
    if isinstance(told, FigureCancelledV1):
        return None if fact is None else replace(fact, revision=told.revision, cancelled=True)
    words = told.model_dump(include=set(FigureFact.__dataclass_fields__))
    return FigureFact(id=subject, cancelled=False, **words)


def fold_conference(
    fact: ConferenceFact | None, subject: UUID, told: ConferenceTold
) -> ConferenceFact | None:
    """The conference after this event; it is held once, and nothing brings it back."""
    if isinstance(told, ConferenceCancelledV1):
        return None if fact is None else replace(fact, cancelled=True)
    if fact is not None:
        return fact
    words = told.model_dump(include=set(ConferenceFact.__dataclass_fields__))
    return ConferenceFact(id=subject, cancelled=False, **words)


def fold_leg(fact: LegFact | None, told: LegEvent, at: datetime) -> LegFact:
    """The leg after this event; events of one case arrive in their order."""
    known = fact or LegFact(
        id=told.referral_id,
        consultation_id=told.consultation_id,
        case_id=told.case_id,
        sender=told.sender,
        receiver=told.receiver,
        lead=told.lead,
        state="offered",
    )
    after = replace(known, state=_STATES.get(type(told), known.state), lead=told.lead)
    match told:
        case PersonConfirmedV1():
            return replace(after, confirmed_at=known.confirmed_at or at)
        case ReferralVoidedV1():
            # It counts nowhere, as if it had never been.
            return replace(
                after,
                offered_at=None,
                accepted_at=None,
                closed_at=None,
                outcome=None,
                returns=0,
                confirmed_at=None,
                overdue_at=None,
            )
        case ReferralSucceededV1():
            # What an agency has accepted stays in its figures; an open question goes over.
            asked = told.receiver if known.accepted_at is None else known.receiver
            return replace(after, sender=told.sender, receiver=asked)
        case ReferralOfferedV1():
            return replace(after, offered_at=at, closed_at=None, outcome=None, overdue_at=None)
        case ReferralAcceptedV1():
            return replace(after, accepted_at=known.accepted_at or at)
        case ReferralReturnedV1():
            return replace(after, returns=known.returns + 1)
        case ReferralClosedV1():
            return replace(after, closed_at=at, outcome=told.outcome)
        case _:
            return after


def fold_term(fact: LegFact, at: datetime) -> LegFact:
    """The leg after its term to answer ran out; a new offer begins a new term."""
    return replace(fact, overdue_at=at)
