"""A conference names the lead: an agency that was there holds at once, another is asked."""

from typing import Any

import pytest
from sqlalchemy import text

from shared.database import AS_SERVICE, make_engine
from tests.integration.meetings import (
    COORDINATOR,
    DESK,
    LEAD,
    SIDE,
    STRANGER,
    act,
    case_of,
    meet,
    met,
    open_case,
    today,
)
from tests.world import World

pytestmark = pytest.mark.anyio


def _name(case: str, agency: str) -> dict[str, Any]:
    return {"kind": "name-lead", "case": case, "agency": agency}


async def _leg(world: World, case: str, to: str) -> Any:
    legs = (await case_of(world, case))["legs"]
    return next(leg for leg in legs if leg["to"] == to)


async def _told(world: World, case: str) -> list[str]:
    """The types of the events about a case, in order."""
    engine = make_engine(world.settings.database_url("referral"), pool_size=1, options=AS_SERVICE)
    async with engine.connect() as connection:
        query = text("SELECT type FROM outbox WHERE subject = CAST(:case AS uuid) ORDER BY number")
        found = (await connection.execute(query, {"case": case})).scalars()
        names = [name.removeprefix("tsunagi.referral.").removesuffix(".v1") for name in found]
    await engine.dispose()
    return names


async def _clocks(world: World, case: str) -> set[tuple[str, str]]:
    """The terms that run on a case: kind, and the receiver of the leg."""
    engine = make_engine(world.settings.database_url("referral"), pool_size=1, options=AS_SERVICE)
    async with engine.connect() as connection:
        query = text(
            "SELECT clock.kind, coalesce(leg.receiver, '-') FROM clock"
            " LEFT JOIN leg ON leg.id = clock.leg_id WHERE clock.case_id = CAST(:case AS uuid)"
        )
        found = {(kind, who) for kind, who in await connection.execute(query, {"case": case})}
    await engine.dispose()
    return found


async def test_an_offered_leg_is_accepted_in_the_meeting(world: World) -> None:
    case = await open_case(world, LEAD)
    await met(world, DESK, [case], _name(case, LEAD))
    leg = await _leg(world, case, LEAD)
    assert (leg["lead"], leg["state"]) == (True, "accepted")
    assert (await case_of(world, case))["holder"] == LEAD
    assert (await _told(world, case))[-2:] == ["referral-accepted", "holder-changed"]
    assert await _clocks(world, case) == {("check-in", LEAD)}


async def test_a_side_leg_becomes_the_lead_and_the_former_lead_goes_on_beside(
    world: World,
) -> None:
    case = await open_case(world, LEAD, SIDE)
    for who in (LEAD, SIDE):
        await act(world, (await _leg(world, case, who))["id"], who, "accept")
    await met(world, LEAD, [case], _name(case, SIDE), agencies=[SIDE])
    legs = {leg["to"]: (leg["lead"], leg["state"]) for leg in (await case_of(world, case))["legs"]}
    assert legs == {LEAD: (False, "accepted"), SIDE: (True, "accepted")}
    assert (await case_of(world, case))["holder"] == SIDE
    assert (await _told(world, case))[-1] == "holder-changed"


async def test_a_supporting_side_leg_becomes_the_lead(world: World) -> None:
    case = await open_case(world, LEAD, SIDE)
    for who in (LEAD, SIDE):
        leg = (await _leg(world, case, who))["id"]
        await act(world, leg, who, "accept")
        await act(world, leg, who, "contacts", on=today(), kind="phone")
    await met(world, LEAD, [case], _name(case, SIDE), agencies=[SIDE])
    assert (await _leg(world, case, SIDE))["state"] == "supporting"
    assert (await case_of(world, case))["holder"] == SIDE


async def test_an_agency_without_a_leg_gets_one_and_takes_it(world: World) -> None:
    case = await open_case(world, LEAD)
    await met(world, DESK, [case], _name(case, STRANGER), agencies=[STRANGER])
    shown = await case_of(world, case, STRANGER)
    assert shown["holder"] == STRANGER
    states = {leg["to"]: (leg["lead"], leg["state"]) for leg in shown["legs"]}
    assert states == {LEAD: (True, "withdrawn"), STRANGER: (True, "accepted")}
    assert (await _told(world, case))[-4:] == [
        "referral-withdrawn",
        "referral-offered",
        "referral-accepted",
        "holder-changed",
    ]
    assert await _clocks(world, case) == {("check-in", STRANGER)}


async def test_one_that_was_not_there_is_asked_and_the_holder_stays(world: World) -> None:
    case = await open_case(world, LEAD)
    await act(world, (await _leg(world, case, LEAD))["id"], LEAD, "accept")
    await met(world, LEAD, [case], _name(case, SIDE), agencies=[DESK])
    offered = await _leg(world, case, SIDE)
    assert (offered["lead"], offered["state"]) == (True, "offered")
    assert (await case_of(world, case))["holder"] == LEAD
    assert await _clocks(world, case) == {("check-in", LEAD), ("accept-normal", SIDE)}
    [entry] = await world.get("/referral/api/inbox", SIDE)
    assert (entry["basis"], entry["lead"]) == ("support-conference", True)
    await act(world, offered["id"], SIDE, "accept")
    assert (await case_of(world, case))["holder"] == SIDE


async def test_the_coordinator_needs_no_leg_to_hold(world: World) -> None:
    case = await open_case(world, LEAD)
    await act(world, (await _leg(world, case, LEAD))["id"], LEAD, "accept")
    await met(world, LEAD, [case], _name(case, COORDINATOR))
    shown = await case_of(world, case)
    assert (shown["holder"], shown["escalated"], len(shown["legs"])) == (COORDINATOR, False, 1)
    assert (await _leg(world, case, LEAD))["lead"] is False


async def test_naming_the_holder_again_takes_back_what_was_offered_as_lead(world: World) -> None:
    case = await open_case(world, LEAD)
    await met(world, DESK, [case], _name(case, DESK))
    shown = await case_of(world, case)
    assert (shown["holder"], shown["legs"][0]["state"]) == (DESK, "withdrawn")
    assert await _clocks(world, case) == {("case-next-step", "-")}


async def test_a_hand_on_is_taken_in_the_meeting(world: World) -> None:
    case = await open_case(world, LEAD)
    leg = (await _leg(world, case, LEAD))["id"]
    await act(world, leg, LEAD, "accept")
    request = {"to": SIDE, "reason": "家計の相談", "basis": "consent", "mode": "phone"}
    await act(world, leg, LEAD, "hand-on", **request)
    await met(world, LEAD, [case], _name(case, SIDE), agencies=[SIDE])
    states = {leg["to"]: leg["state"] for leg in (await case_of(world, case))["legs"]}
    assert states == {LEAD: "handed-on", SIDE: "accepted"}
    assert (await case_of(world, case))["holder"] == SIDE


async def test_the_meeting_names_one_lead(world: World) -> None:
    case = await open_case(world, LEAD)
    answer = await meet(world, DESK, [case], _name(case, LEAD), _name(case, COORDINATOR))
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["decisions", 1])
    assert (await case_of(world, case))["holder"] == DESK
