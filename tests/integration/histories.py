"""Random histories of consultations and their legs, as the two logs would tell them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from shared.contracts import (
    ConsultationCancelledV1,
    ConsultationCorrectedV1,
    ConsultationRecordedV1,
    Contract,
    ReferralAcceptedV1,
    ReferralClosedV1,
    ReferralOfferedV1,
    ReferralReturnedV1,
)
from shared.messaging.event import Cause, Event

_START = datetime(2026, 4, 1, tzinfo=UTC)
_DESKS = ["chiiki-kyosei", "csw", "shakyo-chiiki", "shakyo-sogo", "shakyo-volunteer"]
_TOPICS = ["isolation", "debt", "no-food", "group-running", "volunteer"]
_CALLERS = ["self", "welfare-group", "residents-association"]
_RECEIVERS = ["csw", "shakyo-chiiki", "seikatsu-engo", "shogai-shuro", "houkatsu"]
_OUTCOMES = ["resolved", "employed", "watching", "unreachable"]
_FATES = ["offered", "accepted", "closed", "returned", "reopened"]


@dataclass(slots=True)
class Consultation:
    """One consultation: how it stands in the end, and the events that led there."""

    facts: dict[str, Any]
    cancelled: bool
    legs: list[tuple[str, str, str]]
    intake: list[Event] = field(default_factory=list)
    referral: list[Event] = field(default_factory=list)


def _event(subject: UUID, day: int, data: Contract) -> Event:
    at = _START + timedelta(days=day)
    return Event(uuid7(), subject, at, data, Cause("test", "test"))


_facts = st.fixed_dictionaries(
    {
        "desk": st.sampled_from(_DESKS),
        "caller": st.sampled_from(_CALLERS),
        "topics": st.lists(st.sampled_from(_TOPICS), min_size=1, max_size=3, unique=True),
        "response": st.sampled_from(["listening", "aid"]),
        "day": st.integers(0, 200),
    }
)
_leg = st.tuples(st.sampled_from(_RECEIVERS), st.sampled_from(_FATES), st.sampled_from(_OUTCOMES))


@st.composite
def consultations(draw: st.DrawFn) -> Consultation:
    """A consultation with up to two corrections, perhaps cancelled, with up to two legs."""
    revisions = draw(st.lists(_facts, min_size=1, max_size=3))
    for later in revisions[1:]:
        later["desk"] = revisions[0]["desk"]
    cancelled = draw(st.booleans()) and draw(st.booleans())
    legs = draw(st.lists(_leg, max_size=2, unique_by=lambda leg: leg[0]))
    made = Consultation(revisions[-1], cancelled, legs)
    subject, case = uuid7(), uuid7()
    for number, facts in enumerate(revisions, start=1):
        contract = ConsultationRecordedV1 if number == 1 else ConsultationCorrectedV1
        made.intake.append(_event(subject, facts["day"], _told(contract, facts, number)))
    if cancelled:
        ended = ConsultationCancelledV1(
            desk=made.facts["desk"], received_at=_START, revision=len(revisions) + 1
        )
        made.intake.append(_event(subject, 210, ended))
    for receiver, fate, outcome in legs:
        made.referral += _leg_events(subject, case, receiver, fate, outcome)
    return made


def _told(contract: type[Any], facts: dict[str, Any], revision: int) -> Contract:
    told: Contract = contract(
        desk=facts["desk"],
        received_at=_START + timedelta(days=facts["day"]),
        caller=facts["caller"],
        channel="visit",
        anonymous=False,
        repeat=False,
        age_band="40s",
        sex="female",
        district="east",
        household="single",
        topics=tuple(facts["topics"]),
        main_topic=facts["topics"][0],
        urgency="normal",
        response=facts["response"],
        revision=revision,
    )
    return told


def _leg_events(subject: UUID, case: UUID, receiver: str, fate: str, outcome: str) -> list[Event]:
    words: dict[str, Any] = {
        "case_id": case,
        "referral_id": uuid7(),
        "consultation_id": subject,
        "sender": "chiiki-kyosei",
        "receiver": receiver,
        "lead": True,
    }
    offered = ReferralOfferedV1(**words, basis="consent", mode="phone", due_at=_START)
    closed = ReferralClosedV1(**words, outcome=outcome, ended_by="person")
    events = [_event(case, 210, offered)]
    if fate == "returned":
        events.append(_event(case, 211, ReferralReturnedV1(**words, reason="not-ours")))
    if fate in ("accepted", "closed", "reopened"):
        events.append(_event(case, 212, ReferralAcceptedV1(**words)))
    if fate in ("closed", "reopened"):
        events.append(_event(case, 213, closed))
    if fate == "reopened":
        events.append(_event(case, 214, offered))
    return events
