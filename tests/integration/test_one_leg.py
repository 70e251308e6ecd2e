"""An agency has a case before it once, whichever way a second leg would come."""

from typing import Any

import psycopg
import pytest

from shared.database import AS_SERVICE
from tests.integration.meetings import COORDINATOR, DESK, LEAD, SIDE, act, case_of, open_case
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_PAUSING = "csw"


def _leg_of(shown: Any, to: str) -> Any:
    return next(leg for leg in shown["legs"] if leg["to"] == to)


async def _states(world: World, case: str) -> list[tuple[str, str, bool]]:
    """The legs as the coordinator sees them: to whom, in which state, as lead or beside."""
    shown = await case_of(world, case, COORDINATOR)
    return [(leg["to"], leg["state"], leg["lead"]) for leg in shown["legs"]]


async def _working(world: World, *to: str, **changes: Any) -> str:
    """A case on which LEAD works."""
    case = await open_case(world, LEAD, *to, **changes)
    await act(world, _leg_of(await case_of(world, case), LEAD)["id"], LEAD, "accept")
    return case


async def _pause(world: World, agency: str, substitute: str) -> Any:
    body = {"substitute": substitute, "reason": "研修のため"}
    return await world.post(f"/referral/api/agencies/{agency}/pause", agency, body)


async def test_a_substitute_that_has_the_case_is_not_asked_again(world: World) -> None:
    case = await _working(world, SIDE)
    await _pause(world, _PAUSING, LEAD)
    path = f"/referral/api/cases/{case}/referrals"
    answer = await world.call("POST", path, LEAD, refer(_PAUSING)["refer"] | {"to": [_PAUSING]})
    assert answer.status_code == 201, "the sender itself is never asked: the coordinator is"
    answer = await world.call("POST", path, COORDINATOR, refer(_PAUSING)["refer"])
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert (fault["loc"], fault["code"]) == (["to", 0], "already-there")
    shown = await case_of(world, case, COORDINATOR)
    await act(world, _leg_of(shown, SIDE)["id"], SIDE, "accept")
    request = refer(_PAUSING)["refer"] | {"to": _PAUSING}
    leg = _leg_of(shown, SIDE)["id"]
    answer = await world.call("POST", f"/referral/api/referrals/{leg}/hand-on", SIDE, request)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "already-there")


async def test_what_waits_at_a_pausing_agency_ends_where_its_substitute_is_there(
    world: World,
) -> None:
    case = await _working(world, _PAUSING)
    assert (await _pause(world, _PAUSING, LEAD))["moved"] == 1
    assert await _states(world, case) == [(LEAD, "accepted", True), (_PAUSING, "withdrawn", False)]
    shown = await case_of(world, case, COORDINATOR)
    assert "paused" in {one["action"] for one in shown["history"]}


async def test_who_joins_by_code_is_told_that_the_agency_has_it(world: World) -> None:
    body = consultation(**refer(LEAD))
    recorded = await world.post("/intake/api/consultations", f"counter:{DESK}", body)
    await world.settle()
    joining = consultation(**refer(LEAD, reason="二つ目の相談"), case_code=recorded["code"])
    second = await world.post("/intake/api/consultations", "counter:hoiku", joining)
    await world.settle()
    assert await _states(world, recorded["case_id"]) == [
        (LEAD, "offered", True),
        (LEAD, "returned", False),
    ]
    [leg] = await world.get("/referral/api/inbox", LEAD)
    assert leg["lead"] is True
    path = f"/intake/api/consultations/{second['id']}"
    [sent] = (await world.get(path, "counter:hoiku"))["referrals"]
    assert (sent["to"], sent["state"]) == (LEAD, "returned")
    assert "二つ目の相談" in str(await case_of(world, recorded["case_id"], LEAD))


@pytest.mark.parametrize("side_works", [True, False])
async def test_a_succession_makes_one_leg_of_two(world: World, *, side_works: bool) -> None:
    case = await _working(world, SIDE)
    if side_works:
        await act(world, _leg_of(await case_of(world, case, LEAD), SIDE)["id"], SIDE, "accept")
    for old, new in ((SIDE, LEAD), (LEAD, "hoiku")):
        body = {"to": new, "reason": "4月の組織改正"}
        await world.post(f"/referral/api/agencies/{old}/succession", "admin", body)
    ended = "handed-on" if side_works else "withdrawn"
    assert await _states(world, case) == [("hoiku", "accepted", True), (LEAD, ended, False)]
    shown = await case_of(world, case, COORDINATOR)
    assert "one-leg" in {one["action"] for one in shown["history"]}
    await world.settle()
    [leg] = await world.get("/referral/api/inbox", "hoiku")
    assert leg["state"] == "accepted"


async def test_a_side_leg_ends_in_the_lead_that_its_agency_accepts(world: World) -> None:
    case = await open_case(world, LEAD, lead=None)
    await act(world, _leg_of(await case_of(world, case), LEAD)["id"], LEAD, "accept")
    path = f"/referral/api/cases/{case}/referrals"
    made = await world.post(path, DESK, refer(LEAD, lead=LEAD)["refer"])
    await act(world, made["legs"][0]["id"], LEAD, "accept")
    assert await _states(world, case) == [(LEAD, "handed-on", False), (LEAD, "accepted", True)]
    assert (await case_of(world, case))["holder"] == LEAD


async def test_a_lead_offer_takes_the_place_of_a_side_offer(world: World) -> None:
    case = await open_case(world, LEAD, lead=None)
    path = f"/referral/api/cases/{case}/referrals"
    await world.post(path, DESK, refer(LEAD, lead=LEAD)["refer"])
    assert await _states(world, case) == [(LEAD, "withdrawn", False), (LEAD, "offered", True)]


@pytest.mark.parametrize("how", ["withdrawn", "expired"])
async def test_nothing_is_handed_on_by_a_consent_that_is_gone(world: World, how: str) -> None:
    case = await _working(world)
    leg = _leg_of(await case_of(world, case), LEAD)["id"]
    if how == "withdrawn":
        await act(world, leg, DESK, "consent-withdrawn")
    else:
        address = world.settings.database_url("referral")
        with psycopg.connect(address, options=AS_SERVICE) as connection:
            connection.execute("UPDATE leg SET consent_until = '2026-05-21' WHERE id = %s", (leg,))
    request = refer(SIDE)["refer"]
    ways = (
        (f"/referral/api/referrals/{leg}/hand-on", request | {"to": SIDE}),
        (f"/referral/api/cases/{case}/referrals", request | {"lead": None}),
    )
    for path, body in ways:
        answer = await world.call("POST", path, LEAD, body)
        assert answer.status_code == 422, path
        [fault] = answer.json()["errors"]
        assert (fault["loc"], fault["code"]) == (["basis"], "no-consent")
    await act(world, leg, DESK, "basis", basis="consent", authorised_by="窓口")
    handed = await world.call("POST", ways[0][0], LEAD, ways[0][1])
    assert handed.is_success, handed.text


async def test_a_consent_that_is_gone_does_not_come_back_with_a_void(world: World) -> None:
    case = await _working(world)
    leg = _leg_of(await case_of(world, case), LEAD)["id"]
    await act(world, leg, DESK, "consent-withdrawn")
    await world.post(f"/referral/api/referrals/{leg}/void", "admin", {"reason": "まちがい"})
    body = refer(SIDE)["refer"] | {"lead": None}
    answer = await world.call("POST", f"/referral/api/cases/{case}/referrals", LEAD, body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["code"] == "no-consent"
