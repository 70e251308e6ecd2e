"""Who hears of what: everybody it concerns, nobody else, and not those who did it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.referral.domain.case import Case, CaseState, Leg, LegState
from services.referral.domain.delivering import BACK_OFF, FAILURES, next_try
from services.referral.domain.holding import Standing
from services.referral.domain.notices import LINES, SILENT, WORDS, hearers
from shared.contracts import (
    CONTRACTS,
    CaseClosedV1,
    ClockHalfOverV1,
    ClockRanOutV1,
    ConsultationCancelledV1,
    Contract,
    HolderChangedV1,
    ReferralAcceptedV1,
    ReferralOfferedV1,
    ReferralReturnedV1,
    ReferralWithdrawnV1,
)

AT = datetime(2026, 5, 20, 1, 0, tzinfo=UTC)
CASE, FIRST, SECOND = UUID(int=1), UUID(int=11), UUID(int=12)
COORDINATOR = "chiiki-kyosei"
IDS = {"case_id": CASE, "consultation_id": UUID(int=2)}


def leg(leg_id: UUID, receiver: str, state: LegState, *, sender: str = "houkatsu") -> Leg:
    return Leg(
        id=leg_id,
        case_id=CASE,
        sender=sender,
        receiver=receiver,
        lead=leg_id == FIRST,
        state=state,
        reason="",
        basis="consent",
        mode="phone",
        authorised_by="",
        offered_at=AT,
        due_at=AT,
        acted_at=AT,
        accepted_at=AT if state is not LegState.OFFERED else None,
    )


def standing(*legs: Leg, holder: str = "houkatsu", topics: tuple[str, ...] = ()) -> Standing:
    case = Case(
        id=CASE,
        consultation_id=UUID(int=2),
        code=None,
        desk="houkatsu",
        holder=holder,
        state=CaseState.OPEN,
        escalated=False,
        lead_returns=0,
        opened_at=AT,
        idle_since=AT,
        received_at=AT,
        topics=topics,
        urgency="normal",
        facts={},
    )
    return Standing(case, legs)


def of_leg(contract: type[Contract], receiver: str = "csw", **more: Any) -> Contract:
    words = {"referral_id": FIRST, "sender": "houkatsu", "receiver": receiver, "lead": True}
    return contract.model_validate({**IDS, **words, **more})


def term(contract: type[Contract], agency: str, leg_id: UUID | None) -> Contract:
    words = {"clock": "accept-normal", "due_at": AT, "agency": agency, "referral_id": leg_id}
    return contract.model_validate({**IDS, **words})


def told(data: Contract, of: Standing, *actors: str) -> dict[str, str]:
    return hearers(data, of, set(actors), COORDINATOR)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.__name__)
def test_every_contract_of_the_log_is_told_or_named_as_silent(contract: type[Contract]) -> None:
    if contract.producer == "referral":
        assert (contract in LINES) != (contract in SILENT)
    else:
        assert contract not in SILENT


def test_no_kind_has_two_wordings_and_none_says_more_than_its_kind() -> None:
    kinds = [notice.kind for line in LINES.values() for notice in line.notices]
    assert len(kinds) == len(set(kinds)) == len(WORDS)
    assert all(words.endswith("。") and len(words) < 40 for words in WORDS.values())


def test_an_offer_is_told_to_its_receiver() -> None:
    offered = of_leg(ReferralOfferedV1, basis="consent", mode="phone", due_at=AT)
    now = standing(leg(FIRST, "csw", LegState.OFFERED))
    assert told(offered, now, "houkatsu") == {"csw": "offered"}


def test_what_the_coordinator_offers_is_told_to_the_holder_too() -> None:
    words = {"basis": "consent", "mode": "phone", "due_at": AT, "sender": COORDINATOR}
    offered = of_leg(ReferralOfferedV1, **words)
    now = standing(leg(FIRST, "csw", LegState.OFFERED, sender=COORDINATOR))
    assert told(offered, now, COORDINATOR) == {"csw": "offered", "houkatsu": "offered-more"}


@pytest.mark.parametrize(
    ("contract", "more", "kind"),
    [(ReferralAcceptedV1, {}, "accepted"), (ReferralReturnedV1, {"reason": "other"}, "returned")],
)
def test_the_sender_always_learns_the_answer(
    contract: type[Contract], more: dict[str, str], kind: str
) -> None:
    now = standing(leg(FIRST, "csw", LegState.ACCEPTED), holder="csw")
    assert told(of_leg(contract, **more), now, "csw") == {"houkatsu": kind}


def test_a_withdrawn_offer_is_told_to_the_receiver_who_is_no_party_any_more() -> None:
    now = standing(leg(FIRST, "csw", LegState.WITHDRAWN))
    assert told(of_leg(ReferralWithdrawnV1), now, "houkatsu") == {"csw": "withdrawn"}


def test_a_new_holder_and_the_former_one_each_hear_their_own_words() -> None:
    changed = HolderChangedV1(**IDS, previous="csw", holder=COORDINATOR, cause="accept-clock")
    now = standing(leg(FIRST, "csw", LegState.ACCEPTED), holder=COORDINATOR)
    assert told(changed, now) == {COORDINATOR: "holds", "csw": "held"}


def test_half_of_a_term_reminds_only_the_one_whose_term_it_is() -> None:
    now = standing(leg(FIRST, "csw", LegState.OFFERED))
    assert told(term(ClockHalfOverV1, "csw", FIRST), now) == {"csw": "half-over"}


def test_a_term_that_ran_out_is_told_to_receiver_sender_and_coordinator() -> None:
    now = standing(leg(FIRST, "csw", LegState.OFFERED))
    heard = told(term(ClockRanOutV1, "csw", FIRST), now)
    assert set(heard) == {"csw", "houkatsu", COORDINATOR}


@pytest.mark.parametrize("state", [LegState.OFFERED, LegState.SUPPORTING])
def test_the_safety_term_of_a_child_is_told_to_the_lead_leg_s_two_sides(state: LegState) -> None:
    holder = "csw" if state is LegState.SUPPORTING else "houkatsu"
    now = standing(leg(FIRST, "csw", state), holder=holder, topics=("child-abuse",))
    heard = told(term(ClockRanOutV1, holder, None), now)
    assert heard == {"csw": "ran-out", "houkatsu": "ran-out"}


def test_a_term_of_a_case_without_a_leg_is_told_to_its_desk() -> None:
    now = standing(holder="csw")
    assert set(told(term(ClockRanOutV1, "csw", None), now)) == {"csw", "houkatsu", COORDINATOR}


def test_of_violence_the_coordinator_hears_nothing_until_the_case_comes_to_it() -> None:
    ran_out = term(ClockRanOutV1, "csw", FIRST)
    legs = leg(FIRST, "csw", LegState.OFFERED)
    assert set(told(ran_out, standing(legs, topics=("dv",)))) == {"csw", "houkatsu"}
    came = standing(legs, topics=("dv",), holder=COORDINATOR)
    assert COORDINATOR in told(ran_out, came)


def test_those_who_never_took_part_do_not_hear_of_the_end() -> None:
    never = leg(SECOND, "hoiku", LegState.OFFERED)
    returned = Standing(
        standing(leg(FIRST, "csw", LegState.CLOSED)).case,
        (leg(FIRST, "csw", LegState.CLOSED), _returned(never)),
    )
    closed = CaseClosedV1(
        **IDS, holder="houkatsu", end="completed", outcome="resolved", ended_by="person"
    )
    assert told(closed, returned, "houkatsu") == {"csw": "case-closed"}


def _returned(offered: Leg) -> Leg:
    words = {name: getattr(offered, name) for name in Leg.__dataclass_fields__}
    return Leg(**{**words, "state": LegState.RETURNED})


def test_a_cancelled_consultation_is_told_to_those_at_work() -> None:
    cancelled = ConsultationCancelledV1(desk="houkatsu", received_at=AT, revision=2, case_id=CASE)
    waiting = leg(SECOND, "hoiku", LegState.WITHDRAWN)
    now = standing(leg(FIRST, "csw", LegState.SUPPORTING), waiting)
    assert told(cancelled, now, "houkatsu") == {"csw": "cancelled"}


def test_attempts_grow_rarer_and_end() -> None:
    rests = [next_try(attempts, AT) for attempts in range(1, 8)]
    assert rests[: len(BACK_OFF)] == [AT + rest for rest in BACK_OFF]
    assert rests[len(BACK_OFF) :] == [None, None]
    assert list(BACK_OFF) == sorted(BACK_OFF)
    assert BACK_OFF[0] == timedelta(seconds=10)


def test_every_failure_has_words() -> None:
    assert all(FAILURES.values())
