"""Where an offer goes on a day: pauses, successions, and agencies that are not there."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referral.domain.agency_life import (
    AgencyDay,
    Door,
    Pause,
    door_fault,
    pause_faults,
    redirected,
)
from services.referral.domain.offering import Offer
from shared.plan import Plan

_DAY = date(2026, 5, 20)
_KYOSEI = "chiiki-kyosei"


def _pause(agency: str, substitute: str, first: date = _DAY, last: date | None = None) -> Pause:
    return Pause(UUID(int=1), agency, first, last, substitute, "研修のため", agency)


def _day(
    plan: Plan, pauses: dict[str, str] | None = None, successors: dict[str, str] | None = None
) -> AgencyDay:
    held = {agency: _pause(agency, desk) for agency, desk in (pauses or {}).items()}
    return AgencyDay(plan, _DAY, held, successors or {})


def _with(plan: Plan, agency: str, **changes: date) -> Plan:
    changed = replace(plan.agencies[agency], **changes)
    return replace(plan, agencies={**plan.agencies, agency: changed})


@pytest.mark.parametrize(
    ("pauses", "successors", "asked", "sender", "desk"),
    [
        ({}, {}, "csw", "hoiku", "csw"),
        ({"csw": "houkatsu"}, {}, "csw", "hoiku", "houkatsu"),
        ({"csw": "houkatsu"}, {}, "csw", "houkatsu", _KYOSEI),
        ({"csw": _KYOSEI}, {}, "csw", _KYOSEI, None),
        ({"csw": "houkatsu", "houkatsu": "hoiku"}, {}, "csw", "sangyo", "hoiku"),
        ({"csw": "houkatsu", _KYOSEI: "hoiku"}, {}, "csw", "houkatsu", None),
        ({}, {"csw": "houkatsu"}, "csw", "hoiku", "houkatsu"),
        ({}, {"csw": "houkatsu", "houkatsu": "hoiku"}, "csw", "sangyo", "hoiku"),
        ({"csw": "houkatsu"}, {"houkatsu": "hoiku"}, "csw", "sangyo", "hoiku"),
        ({"csw": "houkatsu", "houkatsu": "csw"}, {}, "csw", "hoiku", _KYOSEI),
    ],
)
def test_an_offer_goes_to_the_one_that_stands_in(
    plan: Plan,
    pauses: dict[str, str],
    successors: dict[str, str],
    asked: str,
    sender: str,
    desk: str | None,
) -> None:
    assert _day(plan, pauses, successors).desk_for(asked, sender) == desk


def test_two_destinations_at_one_desk_are_one_leg_that_leads(plan: Plan) -> None:
    offer = Offer(
        sender="hoiku",
        to=("csw", "houkatsu"),
        lead="csw",
        reason="理由",
        basis="consent",
        mode="phone",
        authorised_by="担当",
        at=datetime(2026, 5, 20, tzinfo=UTC),
    )
    moved, asked_for = redirected(offer, _day(plan, {"csw": "houkatsu"}))
    assert (moved.to, moved.lead, asked_for) == (("houkatsu",), "houkatsu", {})
    moved, asked_for = redirected(replace(offer, to=("csw",)), _day(plan, {"csw": "hoiku"}))
    assert (moved.to, asked_for) == ((_KYOSEI,), {_KYOSEI: "csw"})


def test_an_agency_is_there_on_both_ends_of_its_days(plan: Plan) -> None:
    plan = _with(plan, "csw", valid_from=_DAY, valid_to=_DAY)
    day = _day(plan)
    doors = [day.door("csw", date(2026, 5, number)) for number in (19, 20, 21)]
    assert doors == [Door.NOT_YET, Door.OPEN, Door.ENDED]
    faults = [door_fault(day, "csw", date(2026, 5, number)) for number in (19, 20, 21)]
    assert faults[1] is None
    assert "2026年5月20日からの機関" in (faults[0] or "")
    assert "「社協 CSW」は2026年5月20日でなくなりました" in (faults[2] or "")


def test_a_former_agency_is_named_with_its_successor(plan: Plan) -> None:
    fault = door_fault(_day(plan, successors={"csw": "houkatsu"}), "csw", _DAY)
    assert fault == (
        "「社協 CSW」はなくなりました。引き継いだ「地域包括支援センター」を選んでください。"
    )


@pytest.mark.parametrize(
    ("substitute", "first", "last", "fault"),
    [
        ("houkatsu", _DAY, None, None),
        ("csw", _DAY, None, ("substitute", "own-desk")),
        ("nobody", _DAY, None, ("substitute", "unknown-agency")),
        ("hoiku", _DAY, None, ("substitute", "agency-not-valid")),
        ("sangyo", _DAY, None, ("substitute", "substitute-paused")),
        ("sangyo", _DAY, date(2026, 5, 31), None),
        ("houkatsu", date(2026, 5, 19), None, ("from", "in-the-past")),
        ("houkatsu", date(2026, 6, 2), date(2026, 6, 1), ("until", "too-early")),
    ],
)
def test_a_substitute_must_be_able_to_stand_in(
    plan: Plan, substitute: str, first: date, last: date | None, fault: tuple[str, str] | None
) -> None:
    plan = _with(plan, "hoiku", valid_to=date(2026, 3, 31))
    others = [_pause("sangyo", "doro-seibi", date(2026, 6, 1))]
    found = pause_faults(_day(plan), "csw", substitute, first, last, others)
    assert [(one.loc[0], one.code) for one in found] == ([] if fault is None else [fault])


_NAMES = ("csw", "houkatsu", "hoiku", "sangyo", _KYOSEI)
_some = st.sampled_from(_NAMES)


@given(
    pauses=st.dictionaries(_some, _some, max_size=5),
    successors=st.dictionaries(_some, _some, max_size=4),
    asked=_some,
    sender=_some,
)
def test_no_web_of_pauses_and_successions_catches_an_offer(
    plan: Plan, pauses: dict[str, str], successors: dict[str, str], asked: str, sender: str
) -> None:
    day = _day(plan, pauses, successors)
    desk = day.desk_for(asked, sender)
    day.successor_of(asked)
    if desk is None:
        assert sender == _KYOSEI or day.door(_KYOSEI) is not Door.OPEN
    else:
        assert day.door(desk) is Door.OPEN
        assert desk != sender
