"""However a case stands, naming its lead leaves it one holder, who agreed or held before."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from services.referral.domain.case import AT_WORK, LIVE, Case, CaseState, Leg, LegState
from services.referral.domain.holding import Standing
from services.referral.domain.naming import name_lead

_AT = datetime(2026, 5, 20, 1, tzinfo=UTC)
_COORDINATOR = "chiiki-kyosei"
_AGENCIES = [_COORDINATOR, "csw", "houkatsu", "shakyo-sogo"]


def _leg(number: int, receiver: str, state: LegState, *, lead: bool) -> Leg:
    return Leg(
        id=UUID(int=number),
        case_id=UUID(int=99),
        sender="hoiku",
        receiver=receiver,
        lead=lead,
        state=state,
        reason="",
        basis="consent",
        mode="phone",
        authorised_by="",
        offered_at=_AT,
        due_at=_AT,
        acted_at=_AT,
    )


@st.composite
def _standings(draw: st.DrawFn) -> Standing:
    """A case as the acts may leave it: its lead, if at work, is its holder's."""
    rows = draw(
        st.lists(st.tuples(st.sampled_from(_AGENCIES), st.sampled_from(LegState)), max_size=5)
    )
    legs = [_leg(n, to, state, lead=False) for n, (to, state) in enumerate(rows, start=1)]
    live = [place for place, leg in enumerate(legs) if leg.state in LIVE]
    holder = draw(st.sampled_from(_AGENCIES))
    leads = draw(st.none() | st.sampled_from(live)) if live else None
    if leads is not None:
        one = legs[leads]
        legs[leads] = _leg(one.id.int, one.receiver, one.state, lead=True)
        if one.state in AT_WORK:
            holder = one.receiver
            if draw(st.booleans()):
                other = draw(st.sampled_from(_AGENCIES))
                pending = _leg(50, other, LegState.OFFERED, lead=True)
                legs.append(Leg(**{**_words(pending), "continues": one.id}))
    case = Case(
        id=UUID(int=99),
        consultation_id=UUID(int=98),
        code=None,
        desk="hoiku",
        holder=holder,
        state=CaseState.OPEN,
        escalated=draw(st.booleans()),
        lead_returns=draw(st.integers(0, 2)),
        opened_at=_AT,
        idle_since=_AT,
        received_at=_AT,
        topics=(),
        urgency="normal",
        facts={},
    )
    return Standing(case, tuple(legs))


def _words(leg: Leg) -> dict[str, object]:
    return {name: getattr(leg, name) for name in Leg.__dataclass_fields__}


@seed(13)
@settings(max_examples=500, deadline=None, database=None)
@given(before=_standings(), agency=st.sampled_from(_AGENCIES), attends=st.booleans())
def test_naming_keeps_the_holder_rule(before: Standing, agency: str, attends: bool) -> None:
    at = _AT + timedelta(hours=1)
    new = _leg(60, agency, LegState.OFFERED, lead=True)
    named = name_lead(before, new, attends=attends, coordinator=_COORDINATOR, at=at)
    after = named.standing
    leads = [leg for leg in after.legs if leg.lead and leg.state in LIVE]

    assert after.case.holder == (agency if attends else before.case.holder)
    assert len([leg for leg in leads if leg.continues is None]) <= 1
    assert all(leg.receiver == agency or leg.id == _origin(after) for leg in leads)
    if attends:
        assert all(leg.state in AT_WORK for leg in leads)
    elif before.case.holder != agency:
        assert any(leg.receiver == agency for leg in leads), "it is asked to lead"
    for leg in before.legs:
        if leg.state not in LIVE:
            assert after.leg(leg.id) == leg, "what had ended stays as it was"
        elif leg.state in AT_WORK and leg.id not in named.handed_on:
            assert after.leg(leg.id).state is leg.state, "nobody is sent home"
        elif leg.id in named.handed_on:
            goes_on = leg.receiver == agency or leg.id == _origin(before)
            assert goes_on, "what ends goes on with the one who leads"
    if after.case.holder != before.case.holder and leads:
        assert (after.case.lead_returns, after.case.escalated) == (0, False)


def _origin(standing: Standing) -> UUID | None:
    return next((leg.continues for leg in standing.legs if leg.continues is not None), None)
