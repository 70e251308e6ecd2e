"""An agency that ended and was not followed leaves no leg and no case behind."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from services.referral.usecases.tend_agencies import tend_agencies
from shared.database import AS_SERVICE, make_engine
from shared.messaging.outbox import Outbox
from shared.plan import Plan
from tests.integration.ended_city import ENDED, plan_without
from tests.integration.meetings import COORDINATOR, DESK, act, case_of, met, open_case
from tests.world import World, consultation, running_world

pytestmark = pytest.mark.anyio

_OLD = ENDED
_LEFT = """
    SELECT count(*) FROM support_case c LEFT JOIN leg l ON l.case_id = c.id
    WHERE (c.state = 'open' AND 'csw' IN (c.holder, c.desk))
    OR (l.state IN ('offered', 'accepted', 'supporting') AND 'csw' IN (l.sender, l.receiver))
"""
_AUDITED = "SELECT record FROM audit WHERE who = 'worker' AND act = 'agency-succeed'"


def _rows(world: World, query: str) -> list[Any]:
    with psycopg.connect(world.settings.database_url("referral"), options=AS_SERVICE) as connection:
        return connection.execute(query).fetchall()


def _ended(plan: Plan) -> Plan:
    last = replace(plan.agencies[_OLD], valid_to=date(2026, 3, 31))
    return replace(plan, agencies={**plan.agencies, _OLD: last})


async def _tend(world: World, plan: Plan) -> None:
    engine = make_engine(world.settings.database_url("referral"), pool_size=2)
    await tend_agencies(engine, _ended(plan), Outbox(1), datetime.now(UTC))
    await engine.dispose()


async def _leg(world: World, case: str, who: str = DESK) -> Any:
    return (await case_of(world, case, who))["legs"][0]


async def test_offers_come_back_and_work_goes_to_the_coordinator(world: World, plan: Plan) -> None:
    offered = await open_case(world, _OLD)
    working = await open_case(world, _OLD)
    await act(world, (await _leg(world, working))["id"], _OLD, "accept")
    asked = await open_case(world, "hoiku", desk=_OLD)
    await world.settle()

    await _tend(world, plan)
    assert _rows(world, _LEFT) == [(0,)]
    audited = _rows(world, _AUDITED)
    assert {record for (record,) in audited} == {offered, working, asked}
    shown = await case_of(world, offered)
    assert (shown["holder"], shown["legs"][0]["state"]) == (DESK, "withdrawn")
    assert "agency-ended" in {one["action"] for one in shown["history"]}
    shown = await case_of(world, working, COORDINATOR)
    [leg] = shown["legs"]
    assert (shown["holder"], leg["to"], leg["state"], leg["lead"]) == (
        *(COORDINATOR, COORDINATOR, "accepted", False),
    )
    shown = await case_of(world, asked, COORDINATOR)
    assert (shown["holder"], shown["legs"][0]["from"]) == (COORDINATOR, COORDINATOR)
    board = await world.call("GET", "/referral/board", COORDINATOR)
    assert working in board.text
    await world.settle()
    told = _rows(world, "SELECT DISTINCT agency, kind, case_id::text FROM notification")
    assert {
        (DESK, "withdrawn", offered),
        (_OLD, "withdrawn", offered),
        (COORDINATOR, "holds", working),
        (_OLD, "held", working),
        (DESK, "succeeded", working),
        (COORDINATOR, "holds", asked),
    } <= set(told)

    acts = _rows(world, "SELECT count(*) FROM history")
    await _tend(world, plan)
    assert _rows(world, "SELECT count(*) FROM history") == acts
    assert _rows(world, _AUDITED) == audited


async def test_the_desk_hears_of_it_where_the_last_leg_had_ended(world: World, plan: Plan) -> None:
    idle = await open_case(world, _OLD)
    leg = (await _leg(world, idle))["id"]
    await act(world, leg, _OLD, "accept")
    await act(world, leg, _OLD, "close", outcome="resolved", ended_by="person")
    await world.settle()
    await _tend(world, plan)
    await world.settle()
    assert (await case_of(world, idle))["holder"] == COORDINATOR
    query = "SELECT agency, kind FROM notification WHERE kind IN ('held', 'holds') ORDER BY number"
    told = {tuple(row) for row in _rows(world, query)}
    assert {(COORDINATOR, "holds"), (_OLD, "held"), (DESK, "held")} <= told


@pytest.mark.parametrize("who", [_OLD, f"counter:{_OLD}"])
async def test_its_tokens_read_and_record_nothing(ending_world: World, who: str) -> None:
    activity = {"kind": "outreach-visit", "held_on": "2026-05-01"}
    for path, body in (
        ("/intake/api/consultations", consultation()),
        ("/intake/api/activities", activity),
        (f"/referral/api/referrals/{uuid4()}/accept", {}),
    ):
        refused = await ending_world.call("POST", path, who, body)
        assert (refused.status_code, refused.json()["code"]) == (403, "agency-ended"), path
    assert await ending_world.get("/intake/api/consultations", who) == []


async def test_the_form_of_a_conference_lists_it_for_its_own_days_alone(
    ending_world: World,
) -> None:
    case = await open_case(ending_world, "houkatsu")
    new = "/referral/conferences/new"
    listed = f'name="agencies" value="{_OLD}"'
    assert listed not in (await ending_world.call("GET", new, DESK)).text
    past = (await ending_world.call("GET", f"{new}?held_on=2026-03-31", DESK)).text
    assert listed in past
    today = datetime.now(UTC).date().isoformat()
    kind = "support-conference"
    step = f"?step=decisions&kind={kind}&held_on={today}&agencies=houkatsu&cases={case}"
    page = (await ending_world.call("GET", f"{new}{step}", DESK)).text
    assert 'value="houkatsu"' in page
    assert f'value="{_OLD}"' not in page


@pytest.fixture
async def ending_world(environment: dict[str, str], tmp_path: Path) -> AsyncIterator[World]:
    """A city whose CSW ended in March 2026."""
    plan = {"TSUNAGI_PLAN": str(plan_without(tmp_path))}
    async with running_world({**environment, **plan}) as started:
        yield started


async def test_the_administrator_sees_how_much_is_left(
    world: World, environment: dict[str, str], tmp_path: Path
) -> None:
    for _ in range(2):
        await open_case(world, _OLD)
    plan = {"TSUNAGI_PLAN": str(plan_without(tmp_path))}
    async with running_world({**environment, **plan}, workers=False) as quiet:
        page = await quiet.call("GET", "/referral/agencies", "admin")
    assert page.status_code == 200
    assert "2件" in page.text


async def test_a_conference_names_nobody_who_is_not_there(ending_world: World) -> None:
    case = await open_case(ending_world, "houkatsu")
    name = {"kind": "name-lead", "case": case, "agency": _OLD}
    body = {
        "kind": "support-conference",
        "held_on": datetime.now(UTC).date().isoformat(),
        "agencies": [_OLD, "houkatsu"],
        "cases": [case],
        "decisions": [name],
    }
    answer = await ending_world.call("POST", "/referral/api/conferences", DESK, body)
    assert answer.status_code == 422
    assert [(one["loc"], one["code"]) for one in answer.json()["errors"]] == [
        (["agencies", 1], "agency-not-valid"),
        (["decisions", 0, "agency"], "agency-not-valid"),
    ]
    assert (await case_of(ending_world, case))["holder"] == DESK


@pytest.mark.parametrize("attends", [True, False])
async def test_the_substitute_leads_for_one_that_pauses(world: World, *, attends: bool) -> None:
    case = await open_case(world, "hoiku", lead=None)
    pause = {"substitute": "houkatsu", "reason": "研修のため"}
    await world.post(f"/referral/api/agencies/{_OLD}/pause", _OLD, pause)
    name = {"kind": "name-lead", "case": case, "agency": _OLD}
    there = [_OLD, "houkatsu"] if attends else [_OLD]
    await met(world, DESK, [case], name, agencies=there)
    shown = await case_of(world, case)
    leg = shown["legs"][-1]
    assert (leg["to"], leg["instead_of"], leg["lead"]) == ("houkatsu", _OLD, True)
    assert (shown["holder"], leg["state"]) == (
        ("houkatsu", "accepted") if attends else (DESK, "offered")
    )


async def test_a_conference_names_no_agency_that_was_followed(world: World) -> None:
    case = await open_case(world, "hoiku")
    to = {"to": "houkatsu", "reason": "4月の組織改正"}
    await world.post(f"/referral/api/agencies/{_OLD}/succession", "admin", to)
    body = {
        "kind": "support-conference",
        "held_on": datetime.now(UTC).date().isoformat(),
        "agencies": ["hoiku"],
        "cases": [case],
        "decisions": [{"kind": "name-lead", "case": case, "agency": _OLD}],
    }
    answer = await world.call("POST", "/referral/api/conferences", DESK, body)
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault["code"] == "agency-not-valid"
    assert "引き継いだ「地域包括支援センター」" in fault["detail"]
