"""What each side sees of a case, over every basis, state and term of consent."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.referral.domain.case import Case, CaseState, Leg, LegState
from services.referral.domain.sight import (
    Scope,
    act_as_seen,
    case_as_seen,
    is_party,
    joined_by_code,
    leg_as_seen,
    sees_leg,
    sight_of,
    took_part,
)
from shared.plan import Plan

_NOW = datetime(2026, 5, 20, tzinfo=UTC)
_TODAY = date(2026, 5, 20)
_FACTS = dict.fromkeys(("caller", "age_band", "sex", "district", "household"), "unknown")
_DESK, _RECEIVER, _OTHER, _STRANGER = "shakyo-sogo", "csw", "houkatsu", "hoiku"
_BASES = (
    "consent",
    "support-conference",
    "integrated-support-conference",
    "child-council",
    "statutory-report",
    "emergency",
    "anonymous",
)


def _case(topic: str = "isolation", holder: str = _DESK) -> Case:
    return Case(
        id=UUID(int=1),
        consultation_id=UUID(int=2),
        code="123456789",
        desk=_DESK,
        holder=holder,
        state=CaseState.OPEN,
        escalated=False,
        lead_returns=0,
        opened_at=_NOW,
        idle_since=_NOW,
        received_at=_NOW,
        topics=(topic,),
        urgency="soon",
        facts=_FACTS,
    )


def _leg(
    receiver: str = _RECEIVER,
    basis: str = "consent",
    state: LegState = LegState.ACCEPTED,
    *,
    accepted: bool = True,
    sender: str = _DESK,
    until: date | None = None,
    withdrawn: bool = False,
) -> Leg:
    return Leg(
        id=UUID(int=sum(map(ord, receiver))),
        case_id=UUID(int=1),
        sender=sender,
        receiver=receiver,
        lead=False,
        state=state,
        reason=f"for {receiver}",
        basis=basis,
        mode="phone",
        authorised_by="課長",
        offered_at=_NOW,
        due_at=_NOW,
        acted_at=_NOW,
        accepted_at=_NOW if accepted else None,
        outcome="resolved",
        consent_until=until,
        consent_withdrawn_at=_NOW if withdrawn else None,
    )


@pytest.mark.parametrize(
    ("basis", "state", "accepted", "topic"),
    list(product(_BASES, LegState, (False, True), ("isolation", "dv"))),
)
def test_a_receiver_sees_what_its_basis_shows_and_no_more(
    plan: Plan, basis: str, state: LegState, accepted: bool, topic: str
) -> None:
    case, leg = _case(topic), _leg(basis=basis, state=state, accepted=accepted)
    if not took_part(leg):
        assert not is_party(_RECEIVER, case, (leg,), plan.coordinator)
        return
    rule = plan.bases[basis]
    sight = sight_of(_RECEIVER, case, (leg,), plan, _TODAY)
    allowed = rule.after if accepted else rule.before
    if case.shielded and not accepted:
        allowed -= {"district", "caller"}
    assert sight.facts == allowed
    seen = case_as_seen(case, sight, plan)
    assert set(seen.facts) <= allowed
    assert seen.code is None
    assert bool(seen.urgency) == ("urgency" in allowed)
    own = leg_as_seen(leg, sight, plan, _TODAY)
    assert own is not None
    assert bool(own.reason) == ("reason" in allowed)
    if basis == "anonymous":
        assert (sight.facts, seen.facts, seen.urgency) == ({"topics"}, {}, "")


def test_before_accepting_an_age_is_told_in_a_group(plan: Plan) -> None:
    case = _case()
    case = replace(case, facts=case.facts | {"age_band": "85-over"})
    for accepted, told in ((False, {"age_group": "65-over"}), (True, {"age_band": "85-over"})):
        state = LegState.ACCEPTED if accepted else LegState.OFFERED
        leg = _leg(basis="consent", state=state, accepted=accepted)
        seen = case_as_seen(case, sight_of(_RECEIVER, case, (leg,), plan, _TODAY), plan)
        assert {name: seen.facts[name] for name in seen.facts if "age" in name} == told


def test_no_basis_shows_before_accepting_what_could_single_somebody_out(plan: Plan) -> None:
    for basis in plan.bases.values():
        assert not basis.before & {"age_band", "sex", "district", "caller"}


def test_who_joined_a_case_about_violence_by_its_code_sees_its_own_leg_alone(plan: Plan) -> None:
    others, own = _leg(), _leg(_OTHER, sender=_STRANGER)
    legs = (others, own)
    for topic, joined in (("dv", True), ("isolation", False)):
        case = _case(topic)
        assert is_party(_STRANGER, case, legs, plan.coordinator)
        assert joined_by_code(_STRANGER, case, legs, plan.coordinator) is joined
        assert sees_leg(_STRANGER, case, legs, own, plan.coordinator)
        assert sees_leg(_STRANGER, case, legs, others, plan.coordinator) is not joined
        sight = sight_of(_STRANGER, case, legs, plan, _TODAY)
        assert bool(sight.facts) is not joined
        assert leg_as_seen(own, sight, plan, _TODAY) == own
        assert (leg_as_seen(others, sight, plan, _TODAY) is None) is joined


@pytest.mark.parametrize("basis", _BASES)
def test_nobody_reads_a_reason_that_was_written_for_another(plan: Plan, basis: str) -> None:
    other = _leg(_OTHER)
    sight = sight_of(_RECEIVER, _case(), (_leg(basis=basis), other), plan, _TODAY)
    seen = leg_as_seen(other, sight, plan, _TODAY)
    if basis == "anonymous":
        assert seen is None
    else:
        assert seen is not None
        assert (seen.reason, seen.authorised_by, seen.outcome) == ("", "", None)
    words = {"reason": "written", "note": "written", "to": "hoiku"}
    for act_leg in (seen, None):
        told = act_as_seen(_OTHER, act_leg, words, sight)
        assert told in (None, {"to": "hoiku"})
    assert act_as_seen(_RECEIVER, None, words, sight) == words


@pytest.mark.parametrize(
    ("until", "withdrawn", "stands"),
    [
        (None, False, True),
        (date(2026, 5, 20), False, True),
        (date(2026, 5, 19), False, False),
        (date(2027, 1, 1), True, False),
    ],
)
def test_without_consent_a_receiver_keeps_its_own_record(
    plan: Plan, until: date | None, withdrawn: bool, stands: bool
) -> None:
    leg = _leg(until=until, withdrawn=withdrawn)
    sight = sight_of(_RECEIVER, _case(holder=_RECEIVER), (leg,), plan, _TODAY)
    assert (sight.scope is Scope.RECORD) is not stands
    assert bool(sight.facts) is stands
    assert case_as_seen(_case(), sight, plan).topics == (("isolation",) if stands else ())


def test_a_case_about_violence_is_its_parties_alone(plan: Plan) -> None:
    legs = (_leg(state=LegState.RETURNED, accepted=False), _leg(_OTHER, state=LegState.VOID))
    for agency in (_RECEIVER, _OTHER, _STRANGER, plan.coordinator):
        assert not is_party(agency, _case("dv"), legs, plan.coordinator)
    assert is_party(plan.coordinator, _case("dv", plan.coordinator), legs, plan.coordinator)
    held = sight_of(plan.coordinator, _case("dv", plan.coordinator), legs, plan, _TODAY)
    assert not held.facts & {"district", "caller"}


_STATES = st.sampled_from(LegState)
_RECEIVERS = st.sampled_from([_RECEIVER, _OTHER, "chiiki-kyosei"])


@st.composite
def _any_legs(draw: st.DrawFn) -> tuple[Leg, ...]:
    """Legs as acts may leave them, of every basis, between a few agencies."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        leg = _leg(
            draw(_RECEIVERS),
            draw(st.sampled_from(_BASES)),
            draw(_STATES),
            accepted=draw(st.booleans()),
            sender=draw(st.sampled_from([_DESK, _RECEIVER, _OTHER])),
            withdrawn=draw(st.booleans()),
        )
        found.append(replace(leg, id=UUID(int=number + 1)))
    return tuple(found)


@settings(max_examples=1500, deadline=None, derandomize=True, database=None)
@given(
    legs=_any_legs(),
    number=st.integers(0, 3),
    to=st.sampled_from([LegState.VOID, LegState.RETURNED, LegState.WITHDRAWN]),
    topic=st.sampled_from(["isolation", "dv"]),
    holder=st.sampled_from([_DESK, _RECEIVER, _OTHER, "chiiki-kyosei"]),
)
def test_undoing_a_leg_never_shows_more(
    plan: Plan, legs: tuple[Leg, ...], number: int, to: LegState, topic: str, holder: str
) -> None:
    leg, case = legs[number % len(legs)], _case(topic, holder)
    if to is not LegState.VOID:
        leg = replace(leg, state=LegState.OFFERED, accepted_at=None)
    before = tuple(leg if one.id == leg.id else one for one in legs)
    after = tuple(replace(one, state=to) if one.id == leg.id else one for one in before)
    by_office = leg.receiver == plan.coordinator and leg.accepted_at is None
    for agency in (_RECEIVER, _OTHER, plan.coordinator):
        if not is_party(agency, case, before, plan.coordinator) or (
            by_office and agency == plan.coordinator
        ):
            continue
        if not is_party(agency, case, after, plan.coordinator):
            continue
        had = sight_of(agency, case, before, plan, _TODAY)
        has = sight_of(agency, case, after, plan, _TODAY)
        assert has.facts <= had.facts, agency


@pytest.mark.parametrize("topic", ["isolation", "dv"])
@pytest.mark.parametrize("basis", _BASES)
@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_holder_whose_leg_was_void_sees_what_its_basis_shows(
    plan: Plan, basis: str, topic: str, *, withdrawn: bool
) -> None:
    case = _case(topic, holder=_RECEIVER)
    leg = _leg(basis=basis, state=LegState.VOID, withdrawn=withdrawn)
    sight = sight_of(_RECEIVER, case, (leg,), plan, _TODAY)
    if withdrawn and basis == "consent":
        assert (sight.scope, sight.facts) == (Scope.RECORD, frozenset())
        return
    hidden = {"district", "caller"} if topic == "dv" else set()
    assert sight.facts == plan.bases[basis].after - hidden
    assert (sight.scope is Scope.OWN) is (basis == "anonymous")


def test_a_coordinator_that_gave_a_leg_back_still_answers_by_its_office(plan: Plan) -> None:
    case = _case(holder=plan.coordinator)
    given_back = _leg(plan.coordinator, "anonymous", LegState.RETURNED, accepted=False)
    assert sight_of(plan.coordinator, case, (given_back,), plan, _TODAY).scope is Scope.WHOLE
