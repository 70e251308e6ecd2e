"""Every open case has exactly one holder, and it changes as the bounds say."""

from typing import Any

import pytest

from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_COORDINATOR = "chiiki-kyosei"


async def _open(world: World, desk: str, *to: str, **changes: Any) -> str:
    body = consultation(**refer(*to, **changes))
    recorded = await world.post("/intake/api/consultations", f"counter:{desk}", body)
    await world.settle()
    return str(recorded["case_id"])


async def _case(world: World, case: str, who: str) -> Any:
    return await world.get(f"/referral/api/cases/{case}", who)


async def _act(world: World, leg: str, who: str, action: str, **body: Any) -> None:
    await world.post(f"/referral/api/referrals/{leg}/{action}", who, body)


async def _offer(world: World, case: str, who: str, *to: str, **changes: Any) -> list[str]:
    request = refer(*to, **changes)["refer"]
    answer = await world.post(f"/referral/api/cases/{case}/referrals", who, request)
    assert {(leg["from"], leg["to"]) for leg in answer["legs"]} == {(who, name) for name in to}
    return [leg["id"] for leg in answer["legs"]]


async def test_the_sender_holds_until_the_lead_is_accepted(world: World) -> None:
    case = await _open(world, "shakyo-sogo", "csw", "seikatsu-engo")
    shown = await _case(world, case, "shakyo-sogo")
    assert shown["holder"] == "shakyo-sogo"
    assert [leg["lead"] for leg in shown["legs"]] == [True, False]
    lead, side = (leg["id"] for leg in shown["legs"])
    await _act(world, side, "seikatsu-engo", "accept")
    assert (await _case(world, case, "shakyo-sogo"))["holder"] == "shakyo-sogo"
    await _act(world, lead, "csw", "accept")
    assert (await _case(world, case, "shakyo-sogo"))["holder"] == "csw"


async def test_after_the_second_return_the_coordinator_holds(world: World) -> None:
    case = await _open(world, "shakyo-sogo", "csw")
    first = (await _case(world, case, "shakyo-sogo"))["legs"][0]["id"]
    path = f"/referral/api/referrals/{first}/return"
    for nowhere in ("csw", "shakyo-sogo"):
        body = {"reason": "no-capacity", "suggest": nowhere}
        refused = await world.call("POST", path, "csw", body)
        assert (refused.status_code, refused.json()["errors"][0]["loc"]) == (422, ["suggest"])
    await _act(world, first, "csw", "return", reason="no-capacity", suggest="houkatsu")
    assert (await _case(world, case, "shakyo-sogo"))["holder"] == "shakyo-sogo"
    who_returned = await world.call("GET", f"/referral/api/cases/{case}", "csw")
    assert who_returned.status_code == 404
    [second] = await _offer(world, case, "shakyo-sogo", "houkatsu")
    await _act(world, second, "houkatsu", "return", reason="not-ours")
    shown = await _case(world, case, _COORDINATOR)
    assert (shown["holder"], shown["escalated"]) == (_COORDINATOR, False)


async def test_a_coordinator_that_holds_already_is_flagged(world: World) -> None:
    case = await _open(world, _COORDINATOR, "csw")
    first = (await _case(world, case, _COORDINATOR))["legs"][0]["id"]
    await _act(world, first, "csw", "return", reason="not-ours")
    [second] = await _offer(world, case, _COORDINATOR, "houkatsu")
    await _act(world, second, "houkatsu", "return", reason="not-ours")
    shown = await _case(world, case, _COORDINATOR)
    assert (shown["holder"], shown["escalated"]) == (_COORDINATOR, True)


async def test_an_acceptance_starts_the_count_of_returns_anew(world: World) -> None:
    case = await _open(world, "shakyo-sogo", "csw")
    first = (await _case(world, case, "shakyo-sogo"))["legs"][0]["id"]
    await _act(world, first, "csw", "return", reason="not-ours")
    [second] = await _offer(world, case, "shakyo-sogo", "houkatsu")
    await _act(world, second, "houkatsu", "accept")
    await _act(world, second, "houkatsu", "close", outcome="resolved", ended_by="person")
    [third] = await _offer(world, case, "houkatsu", "koreisha-chiiki")
    await _act(world, third, "koreisha-chiiki", "return", reason="not-ours")
    assert (await _case(world, case, "houkatsu"))["holder"] == "houkatsu"


async def test_without_a_destination_the_coordinator_holds_at_once(world: World) -> None:
    case = await _open(world, "csw")
    shown = await _case(world, case, _COORDINATOR)
    assert shown["holder"] == _COORDINATOR
    assert shown["legs"] == []
    assert "no-destination" in {act["action"] for act in shown["history"]}


async def test_a_second_lead_is_refused_and_side_legs_join(world: World) -> None:
    case = await _open(world, "shakyo-sogo", "csw")
    request = refer("houkatsu", lead="houkatsu")["refer"]
    answer = await world.call(
        "POST", f"/referral/api/cases/{case}/referrals", "shakyo-sogo", request
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "lead-taken")
    assert answer.json()["allowed"] == ["referrals", "conferences", "plan"]
    await _offer(world, case, "shakyo-sogo", "houkatsu")
    legs = (await _case(world, case, "shakyo-sogo"))["legs"]
    assert [(leg["to"], leg["lead"]) for leg in legs] == [("csw", True), ("houkatsu", False)]


async def test_an_agency_that_has_the_case_before_it_is_not_asked_a_second_time(
    world: World,
) -> None:
    case = await _open(world, "shakyo-sogo", "csw")
    await _offer(world, case, "shakyo-sogo", "houkatsu")
    request, path = refer("houkatsu")["refer"], f"/referral/api/cases/{case}/referrals"
    answer = await world.call("POST", path, "shakyo-sogo", request | {"lead": None})
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert (fault["loc"], fault["code"]) == (["to", 0], "already-there")
    [_, side] = (await _case(world, case, "shakyo-sogo"))["legs"]
    await _act(world, side["id"], "houkatsu", "return", reason="not-ours")
    await _offer(world, case, "shakyo-sogo", "houkatsu")


async def test_whoever_comes_late_to_a_case_reads_who_ended_it_and_when(world: World) -> None:
    case = await _open(world, "shakyo-sogo", "csw")
    [leg] = (await _case(world, case, "shakyo-sogo"))["legs"]
    path, end = f"/referral/api/cases/{case}", {"outcome": "resolved", "ended_by": "person"}
    early = await world.call("POST", f"{path}/close", "shakyo-sogo", end | {"end": "completed"})
    assert early.status_code == 409
    assert "主担当は社協 総合相談窓口です" in early.json()["detail"]
    await _act(world, leg["id"], "shakyo-sogo", "withdraw", reason="まちがい")
    await world.post(f"{path}/close", "shakyo-sogo", end | {"end": "completed"})
    late = await world.call("POST", f"{path}/take-over", _COORDINATOR, {"reason": "調整"})
    assert late.status_code == 409
    assert late.json()["by"] == "shakyo-sogo"
    assert "社協 総合相談窓口が終えています" in late.json()["detail"]


async def test_side_legs_only(world: World) -> None:
    case = await _open(world, "shakyo-sogo", "csw", lead=None)
    legs = (await _case(world, case, "shakyo-sogo"))["legs"]
    assert [leg["lead"] for leg in legs] == [False]
    await _act(world, legs[0]["id"], "csw", "accept")
    assert (await _case(world, case, "shakyo-sogo"))["holder"] == "shakyo-sogo"


async def test_only_holder_and_coordinator_offer(world: World) -> None:
    case = await _open(world, "shakyo-sogo", "csw")
    lead = (await _case(world, case, "shakyo-sogo"))["legs"][0]["id"]
    await _act(world, lead, "csw", "accept")
    request = refer("houkatsu")["refer"]
    path = f"/referral/api/cases/{case}/referrals"
    assert (await world.call("POST", path, "shakyo-sogo", request)).status_code == 409
    assert (await world.call("POST", path, "hoiku", request)).status_code == 404
    assert (await world.call("POST", path, _COORDINATOR, request)).status_code == 201


async def test_a_cancelled_consultation_withdraws_what_is_offered(world: World) -> None:
    body = consultation(**refer("csw", "houkatsu"))
    recorded = await world.post("/intake/api/consultations", "counter:shakyo-sogo", body)
    await world.settle()
    case = recorded["case_id"]
    legs = (await _case(world, case, "shakyo-sogo"))["legs"]
    await _act(world, legs[1]["id"], "houkatsu", "accept")
    await world.post(
        f"/intake/api/consultations/{recorded['id']}/cancellation",
        "counter:shakyo-sogo",
        {"reason": "別の相談とまちがえた"},
    )
    await world.settle()
    shown = await _case(world, case, "shakyo-sogo")
    assert [leg["state"] for leg in shown["legs"]] == ["withdrawn", "accepted"]
    assert "consultation-cancelled" in {act["action"] for act in shown["history"]}
