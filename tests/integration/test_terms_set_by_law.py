"""Terms that the law sets run from their day until they are met, whoever answers."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.referral.domain.case import Leg
from services.referral.domain.offering import Offer
from services.referral.usecases.answer_referral import accept_referral
from services.referral.usecases.lead_case import close_case
from services.referral.usecases.offer_referrals import hand_on_referral
from services.referral.usecases.show_cases import ShownCase, show_case
from services.referral.usecases.support import close_referral, record_contact
from shared.contracts import ClockRanOutV1
from shared.errors import Conflict, InvalidInput
from shared.japanese_time import japanese_day
from shared.plan import Plan
from tests.integration.casework import Casework, casework

pytestmark = pytest.mark.anyio

_ENGO, _LATER = "seikatsu-engo", "csw"
_END = {"outcome": "unreachable", "ended_by": "receiver", "note": None, "at": None}


@pytest.fixture
async def work(environment: dict[str, str], plan: Plan) -> AsyncIterator[Casework]:
    async with casework(environment, plan) as started:
        yield started


async def _contact(
    work: Casework,
    leg: Leg,
    kind: str,
    *,
    on: date | None = None,
    memo: str | None = None,
    authorised_by: str | None = None,
) -> None:
    day = on or japanese_day(work.now)
    acting = work.acting(leg.receiver)
    await record_contact(
        work.connection,
        leg.id,
        on=day,
        kind=kind,
        memo=memo,
        at=None,
        acting=acting,
        authorised_by=authorised_by,
    )


async def _accepted(work: Casework, receiver: str, topic: str) -> tuple[UUID, Leg]:
    case_id = await work.open("shakyo-sogo", receiver, topics=(topic,))
    [leg] = (await work.standing(case_id)).legs
    leg = await accept_referral(work.connection, leg.id, None, work.acting(receiver))
    return case_id, leg


async def _days(work: Casework, case_id: UUID) -> dict[str, date]:
    return {one.kind: japanese_day(one.due_at) for one in await work.clocks(case_id)}


async def test_the_14_days_run_from_the_day_of_the_application_not_of_the_typing(
    work: Casework,
) -> None:
    case_id, leg = await _accepted(work, _ENGO, "public-assistance")
    applied = japanese_day(work.now)
    await work.tick(timedelta(days=2))
    await _contact(work, leg, "application", on=applied)
    days = await _days(work, case_id)
    assert days["assistance-decision"] == applied + timedelta(days=14)


async def test_an_application_received_before_the_case_began_runs_from_its_day(
    work: Casework,
) -> None:
    case_id, leg = await _accepted(work, _ENGO, "public-assistance")
    opened = japanese_day(work.now)
    before = opened - timedelta(days=5)
    for kind, day in (
        ("phone", before),
        ("application", opened - timedelta(days=91)),
        ("application", opened + timedelta(days=1)),
    ):
        with pytest.raises(InvalidInput) as refused:
            await _contact(work, leg, kind, on=day)
        assert [(one.loc, one.code) for one in refused.value.errors] == [(("on",), "out-of-range")]
    await _contact(work, leg, "application", on=before)
    assert (await _days(work, case_id))["assistance-decision"] == before + timedelta(days=14)
    _, elsewhere = await _accepted(work, _LATER, "public-assistance")
    with pytest.raises(InvalidInput):
        await _contact(work, elsewhere, "application", on=before)


@pytest.mark.parametrize("kind", ["safety-confirmed-elsewhere", "safety-passed-on"])
async def test_who_saw_the_child_elsewhere_is_recorded_with_why_and_who_decided(
    work: Casework, kind: str
) -> None:
    case_id, leg = await _accepted(work, "kodomo-katei", "child-abuse")
    told = {"memo": "児童相談所が家庭を訪ねて確かめた", "authorised_by": "課長"}
    for missing in told:
        with pytest.raises(InvalidInput) as refused:
            await _contact(work, leg, kind, **{**told, missing: " "})
        assert [(one.loc, one.code) for one in refused.value.errors] == [((missing,), "missing")]
    with pytest.raises(InvalidInput) as refused:
        await _contact(work, leg, "phone", authorised_by="課長")
    assert refused.value.errors[0].code == "not-used"
    assert "child-safety" in await _days(work, case_id)
    await _contact(work, leg, kind, **told)
    assert "child-safety" not in await _days(work, case_id)
    [act] = await work.acts(case_id, "contact")
    assert (act.detail["kind"], act.detail["authorised_by"]) == (kind, "課長")
    with pytest.raises(InvalidInput) as refused:
        await _contact(work, leg, kind, **told)
    assert refused.value.errors[0].code == "nothing-to-end"
    by = work.acting("kodomo-katei")
    await close_referral(work.connection, leg.id, **_END, acting=by)
    assert "close" in (await _shown(work, case_id, "kodomo-katei")).allowed


async def test_an_end_that_a_term_forbids_is_not_offered(work: Casework) -> None:
    case_id, leg = await _accepted(work, _ENGO, "public-assistance")
    assert "close" in (await _shown(work, case_id, _ENGO)).legs[0].allowed
    await _contact(work, leg, "application")
    [entry] = (await _shown(work, case_id, _ENGO)).legs
    assert ("close" in entry.allowed, entry.hindered) == (False, {"close": "term-runs"})
    assert entry.owed == ["decision"]
    case_id, leg = await _accepted(work, "kodomo-katei", "child-abuse")
    by = work.acting("kodomo-katei")
    await close_referral(work.connection, leg.id, **_END, acting=by)
    shown = await _shown(work, case_id, "kodomo-katei")
    assert ("close" in shown.allowed, shown.owed) == (False, ["safety-confirmed"])
    assert (await _shown(work, case_id, "shakyo-sogo")).owed == []


async def _shown(work: Casework, case_id: UUID, who: str) -> ShownCase:
    return await show_case(work.connection, case_id, who, work.plan, work.now, receives=True)


async def test_with_a_reason_the_decision_may_take_30_days(work: Casework) -> None:
    case_id, leg = await _accepted(work, _ENGO, "public-assistance")
    with pytest.raises(InvalidInput) as refused:
        await _contact(work, leg, "decision-extended", memo="調査のため")
    assert refused.value.errors[0].loc == ("kind",)
    applied = japanese_day(work.now)
    await _contact(work, leg, "application")
    await work.tick(timedelta(days=10))
    with pytest.raises(InvalidInput) as refused:
        await _contact(work, leg, "decision-extended", memo=" ")
    assert refused.value.errors[0].loc == ("memo",)
    await _contact(work, leg, "decision-extended", memo="資産の調査に時間がかかるため")
    days = await _days(work, case_id)
    assert days["assistance-decision-extended"] == applied + timedelta(days=30)
    assert "assistance-decision" not in days
    with pytest.raises(InvalidInput):
        await _contact(work, leg, "decision-extended", memo="もう一度")
    await _contact(work, leg, "decision")
    assert (await _days(work, case_id)).keys() == {"check-in"}


async def test_who_takes_a_leg_on_answers_for_the_application(work: Casework) -> None:
    case_id, leg = await _accepted(work, _ENGO, "public-assistance")
    applied = japanese_day(work.now)
    await _contact(work, leg, "application")
    offer = Offer(
        sender=_ENGO,
        to=(_LATER,),
        lead=None,
        reason="担当が変わるため",
        basis="consent",
        mode="phone",
        authorised_by="窓口",
        at=work.now,
        override="前から知っている方のため",
    )
    await hand_on_referral(work.connection, leg.id, offer, work.acting(_ENGO))
    [new] = [one for one in (await work.standing(case_id)).legs if one.receiver == _LATER]
    new = await accept_referral(work.connection, new.id, None, work.acting(_LATER))
    days = await _days(work, case_id)
    assert days["assistance-decision"] == applied + timedelta(days=14)
    await work.tick(timedelta(days=15))
    told = await work.events(ClockRanOutV1)
    assert [(one.clock, one.agency) for one in told] == [("assistance-decision", _LATER)]
    await _contact(work, new, "decision")
    assert "assistance-decision" not in await _days(work, case_id)


async def test_a_leg_does_not_end_while_an_application_waits(work: Casework) -> None:
    case_id, leg = await _accepted(work, _ENGO, "public-assistance")
    await _contact(work, leg, "application")
    with pytest.raises(Conflict) as refused:
        await close_referral(work.connection, leg.id, **_END, acting=work.acting(_ENGO))
    assert "「決定」" in refused.value.detail
    [entry] = (await _shown(work, case_id, _ENGO)).legs
    assert refused.value.extra == {"allowed": entry.allowed, "missing": ["decision"]}
    assert {"contacts", "hand-on"} <= set(entry.allowed)
    assert "assistance-decision" in await _days(work, case_id)
    await _contact(work, leg, "decision")
    await close_referral(work.connection, leg.id, **_END, acting=work.acting(_ENGO))


async def test_a_case_does_not_end_before_the_child_was_seen(work: Casework) -> None:
    case_id, leg = await _accepted(work, "kodomo-katei", "child-abuse")
    by = work.acting("kodomo-katei")
    await close_referral(work.connection, leg.id, **_END, acting=by)
    with pytest.raises(Conflict) as refused:
        await close_case(work.connection, case_id, end="suspended", **_END, acting=by)
    assert "「安全確認」" in refused.value.detail
    allowed = (await _shown(work, case_id, "kodomo-katei")).allowed
    assert refused.value.extra == {"allowed": allowed, "missing": ["safety-confirmed"]}
    assert {"referrals", "conferences", "plan"} == set(allowed)
    assert (await _days(work, case_id)).keys() == {"case-next-step", "child-safety"}
    await work.tick(timedelta(hours=49))
    assert "child-safety" in [one.clock for one in await work.events(ClockRanOutV1)]


async def test_a_case_ends_once_the_child_was_seen(work: Casework) -> None:
    case_id, leg = await _accepted(work, "kodomo-katei", "child-abuse")
    by = work.acting("kodomo-katei")
    await _contact(work, leg, "safety-confirmed")
    await close_referral(work.connection, leg.id, **_END, acting=by)
    closed = await close_case(work.connection, case_id, end="completed", **_END, acting=by)
    assert closed.case.state == "completed"
