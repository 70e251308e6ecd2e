"""Terms climb their ladder once each, and bring what waits to the coordinator."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from services.referral.usecases.answer_referral import accept_referral, return_referral
from services.referral.usecases.lead_case import close_case
from services.referral.usecases.show_cases import show_case
from services.referral.usecases.support import check_in, close_referral, record_contact
from shared.contracts import CaseEscalatedV1, ClockHalfOverV1, ClockRanOutV1, HolderChangedV1
from shared.errors import NotFound
from shared.japanese_time import JST, japanese_day
from shared.plan import Plan
from tests.integration.casework import MORNING, Casework, casework

pytestmark = pytest.mark.anyio

_COORDINATOR = "chiiki-kyosei"
_SECOND = timedelta(seconds=1)


@pytest.fixture
async def work(environment: dict[str, str], plan: Plan) -> AsyncIterator[Casework]:
    async with casework(environment, plan) as started:
        yield started


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=JST)


async def test_an_unanswered_lead_is_reminded_then_overdue_then_with_the_coordinator(
    work: Casework,
) -> None:
    case_id = await work.open("shakyo-sogo", "csw")
    # Two opening days after Wednesday 10:00 end on Friday at 17:15; half of 24 h 45 min of
    # opening time is over on Thursday at 13:37:30.
    await work.until(_at(11, 13, 37))
    assert await work.events(ClockHalfOverV1, ClockRanOutV1) == []
    await work.until(_at(11, 13, 38))
    [reminded] = await work.events(ClockHalfOverV1)
    assert (reminded.clock, reminded.agency) == ("accept-normal", "csw")
    await work.until(_at(12, 17, 15) - _SECOND)
    assert (await work.standing(case_id)).case.holder == "shakyo-sogo"
    await work.until(_at(12, 17, 15))
    [overdue] = await work.events(ClockRanOutV1)
    assert (overdue.clock, overdue.agency, overdue.due_at) == (
        "accept-normal",
        "csw",
        _at(12, 17, 15),
    )
    stands = await work.standing(case_id)
    assert (stands.case.holder, stands.case.escalated) == (_COORDINATOR, False)
    changed = await work.events(HolderChangedV1)
    assert [(one.holder, one.cause) for one in changed] == [
        ("shakyo-sogo", "opened"),
        (_COORDINATOR, "accept-clock"),
    ]


async def test_each_rung_fires_once_however_often_somebody_looks(work: Casework) -> None:
    case_id = await work.open("shakyo-sogo", "csw", urgency="emergency")
    for _ in range(30):
        await work.tick(timedelta(minutes=2))
        await work.tick()
    assert len(await work.events(ClockHalfOverV1)) == 1
    assert len(await work.events(ClockRanOutV1)) == 1
    assert len(await work.acts(case_id, "remind", "run-out")) == 2


async def test_after_an_outage_each_missed_rung_is_climbed_once(work: Casework) -> None:
    case_id = await work.open("shakyo-sogo", "csw", urgency="emergency")
    await work.tick(timedelta(days=9))
    acts = [act.action for act in await work.acts(case_id, "remind", "run-out")]
    assert acts == ["remind", "run-out"]
    assert (await work.standing(case_id)).case.holder == _COORDINATOR


async def test_a_coordinator_that_holds_already_is_flagged_once(work: Casework) -> None:
    case_id = await work.open(_COORDINATOR, "csw", urgency="emergency")
    for _ in range(6):
        await work.tick(timedelta(hours=2))
    assert (await work.standing(case_id)).case.escalated
    assert len(await work.events(CaseEscalatedV1)) == 1
    assert len(await work.events(ClockRanOutV1)) == 1
    assert [ladder.next_at > work.now for ladder in await work.clocks(case_id)] == [True]


async def test_a_case_without_a_live_leg_gives_its_holder_two_opening_days(work: Casework) -> None:
    case_id = await work.open("shakyo-sogo", "csw")
    leg = (await work.standing(case_id)).legs[0]
    await work.tick(timedelta(hours=1))
    await return_referral(
        work.connection,
        leg.id,
        reason="not-ours",
        note=None,
        suggest=None,
        at=None,
        acting=work.acting("csw"),
    )
    [ladder] = await work.clocks(case_id)
    assert (ladder.kind, ladder.leg_id, ladder.due_at) == ("case-next-step", None, _at(12, 17, 15))
    await work.until(_at(12, 17, 15) - _SECOND)
    assert (await work.standing(case_id)).case.holder == "shakyo-sogo"
    await work.until(_at(12, 17, 15))
    stands = await work.standing(case_id)
    assert stands.case.holder == _COORDINATOR
    [again] = await work.clocks(case_id)
    assert (again.kind, again.since, again.round) == ("case-next-step", work.now, 1)


async def test_an_unanswered_side_leg_is_told_and_the_holder_stays(work: Casework) -> None:
    case_id = await work.open("shakyo-sogo", "csw", lead=None)
    await work.until(_at(19, 12))
    [told] = await work.events(ClockRanOutV1)
    assert (told.clock, told.agency) == ("accept-normal", "csw")
    stands = await work.standing(case_id)
    assert (stands.case.holder, stands.case.escalated) == ("shakyo-sogo", False)


async def test_a_missed_check_in_is_told_and_a_check_in_begins_anew(work: Casework) -> None:
    case_id = await work.open("shakyo-sogo", "csw")
    leg = (await work.standing(case_id)).legs[0]
    await accept_referral(work.connection, leg.id, None, work.acting("csw"))
    await work.tick(timedelta(days=29))
    await check_in(work.connection, leg.id, None, work.acting("csw"))
    await work.tick(timedelta(days=29))
    assert await work.events(ClockRanOutV1) == []
    await work.tick(timedelta(days=2))
    [told] = await work.events(ClockRanOutV1)
    assert (told.clock, told.agency) == ("check-in", "csw")
    assert (await work.standing(case_id)).case.holder == "csw"


async def test_a_child_must_be_seen_within_48_hours_of_receipt_through_the_night(
    work: Casework,
) -> None:
    received = MORNING - timedelta(hours=3)
    case_id = await work.open("hoiku", "kodomo-katei", topics=("child-abuse",), at=received)
    leg = (await work.standing(case_id)).legs[0]
    await accept_referral(work.connection, leg.id, None, work.acting("kodomo-katei"))
    due = {one.kind: one.due_at for one in await work.clocks(case_id)}
    assert due["child-safety"] == received + timedelta(hours=48)
    await work.until(received + timedelta(hours=24))
    assert [one.clock for one in await work.events(ClockHalfOverV1)] == ["child-safety"]

    async def contact(kind: str) -> None:
        today = japanese_day(work.now)
        by = work.acting("kodomo-katei")
        await record_contact(
            work.connection, leg.id, on=today, kind=kind, memo=None, at=None, acting=by
        )

    await contact("home-visit")
    assert "child-safety" in {one.kind for one in await work.clocks(case_id)}
    await contact("safety-confirmed")
    assert "child-safety" not in {one.kind for one in await work.clocks(case_id)}
    await work.tick(timedelta(days=5))
    assert await work.events(ClockRanOutV1) == []


async def test_the_14_days_of_an_application_run_from_the_application(work: Casework) -> None:
    case_id = await work.open("shakyo-sogo", "seikatsu-engo", topics=("public-assistance",))
    leg = (await work.standing(case_id)).legs[0]
    by = work.acting("seikatsu-engo")
    await accept_referral(work.connection, leg.id, None, by)
    await work.tick(timedelta(days=3))
    applied = work.now

    async def contact(kind: str) -> None:
        await record_contact(
            work.connection,
            leg.id,
            on=japanese_day(work.now),
            kind=kind,
            memo=None,
            at=None,
            acting=work.acting("seikatsu-engo"),
        )

    await contact("application")
    due = {one.kind: one.due_at for one in await work.clocks(case_id)}
    assert due["assistance-decision"] == applied + timedelta(days=14)
    await work.tick(timedelta(days=10))
    await contact("phone")
    due = {one.kind: one.due_at for one in await work.clocks(case_id)}
    assert due["assistance-decision"] == applied + timedelta(days=14)
    await contact("decision")
    assert "assistance-decision" not in {one.kind for one in await work.clocks(case_id)}


async def test_an_ended_case_has_no_term(work: Casework) -> None:
    case_id = await work.open("shakyo-sogo", "csw")
    leg = (await work.standing(case_id)).legs[0]
    by = work.acting("csw")
    await accept_referral(work.connection, leg.id, None, by)
    words = {"outcome": "resolved", "ended_by": "person", "note": None, "at": None}
    await close_referral(work.connection, leg.id, **words, acting=by)
    assert [one.kind for one in await work.clocks(case_id)] == ["case-next-step"]
    await close_case(work.connection, case_id, end="completed", **words, acting=by)
    assert await work.clocks(case_id) == []


async def test_what_is_typed_in_late_leaves_time_to_type_what_followed(work: Casework) -> None:
    case_id = await work.open("shakyo-sogo", "csw", at=MORNING - timedelta(days=9))
    await work.tick()
    leg = (await work.standing(case_id)).legs[0]
    answered = MORNING - timedelta(days=8)
    await accept_referral(work.connection, leg.id, answered, work.acting("csw"))
    await work.tick(timedelta(minutes=1))
    assert await work.events(ClockRanOutV1) == []
    assert (await work.standing(case_id)).case.holder == "csw"


async def test_the_safety_of_a_child_presses_the_lead_before_its_own_terms(work: Casework) -> None:
    case_id = await work.open("shakyo-sogo", "csw", "houkatsu", topics=("child-abuse",))
    term = MORNING + timedelta(hours=48)
    [lead, side] = (await work.standing(case_id)).legs
    await accept_referral(work.connection, lead.id, None, work.acting("csw"))
    await accept_referral(work.connection, side.id, None, work.acting("houkatsu"))
    [lead, side] = (await work.standing(case_id)).legs
    assert (lead.due_at, side.due_at) == (term, MORNING + timedelta(days=30))
    shown = await show_case(work.connection, case_id, "csw", work.plan, work.now, receives=True)
    assert [(one.kind, one.due_at) for one in shown.terms] == [("child-safety", term)]
    assert [[one.kind for one in entry.terms] for entry in shown.legs] == [["check-in"]] * 2
    seen = {"on": japanese_day(work.now), "kind": "safety-confirmed", "memo": None, "at": None}
    await record_contact(work.connection, lead.id, **seen, acting=work.acting("csw"))
    [lead, _] = (await work.standing(case_id)).legs
    assert lead.due_at == MORNING + timedelta(days=30)


async def test_who_types_for_a_holder_without_a_terminal_ends_its_case(work: Casework) -> None:
    case_id = await work.open("shakyo-sogo", "hello-work")
    [leg] = (await work.standing(case_id)).legs
    by, end = work.acting("shakyo-sogo"), {"outcome": "resolved", "ended_by": "person"}
    await accept_referral(work.connection, leg.id, None, by)
    assert (await work.standing(case_id)).case.holder == "hello-work"
    await close_referral(work.connection, leg.id, **end, note=None, at=None, acting=by)
    words = {"end": "completed", "note": None, "at": None}
    with pytest.raises(NotFound):
        await close_case(work.connection, case_id, **end, **words, acting=work.acting("csw"))
    closed = await close_case(work.connection, case_id, **end, **words, acting=by)
    assert (closed.case.state, closed.case.holder) == ("completed", "hello-work")
