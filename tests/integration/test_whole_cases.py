"""A case as a whole: several legs, siblings taken back, its end, its new start, its undoing."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.people import add_accounts
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_DESK, _COORDINATOR = "shakyo-sogo", "chiiki-kyosei"
_END = {"outcome": "resolved", "ended_by": "person"}
_WHY = {"reason": "まちがい"}


async def _open(world: World, *to: str, **changes: Any) -> tuple[dict[str, Any], list[str]]:
    """What the desk got, and the ids of the legs."""
    body = consultation(**(refer(*to) | changes))
    recorded = await world.post("/intake/api/consultations", f"counter:{_DESK}", body)
    await world.settle()
    case = await _case(world, recorded["case_id"])
    return recorded, [leg["id"] for leg in case["legs"]]


async def _case(world: World, case: str, who: str = _DESK) -> Any:
    return await world.get(f"/referral/api/cases/{case}", who)


async def _act(world: World, leg: str, who: str, action: str, **body: Any) -> Any:
    return await world.post(f"/referral/api/referrals/{leg}/{action}", who, body)


async def _states(world: World, case: str) -> list[str]:
    return [leg["state"] for leg in (await _case(world, case))["legs"]]


async def _value(world: World, indicator: str) -> Any:
    await world.settle()
    rows = await world.get("/metrics/api/indicators?fy=2026", "manager")
    return next(row["value"] for row in rows if row["id"] == indicator)


async def test_siblings_are_taken_back_in_one_act_and_accepted_legs_go_on(world: World) -> None:
    recorded, legs = await _open(world, "csw", "houkatsu", "seikatsu-engo")
    await _act(world, legs[1], "houkatsu", "accept")
    await _act(world, legs[0], _DESK, "withdraw", **_WHY, siblings=True)
    assert await _states(world, recorded["case_id"]) == ["withdrawn", "accepted", "withdrawn"]
    await world.settle()
    shown = await world.get(f"/intake/api/consultations/{recorded['id']}", _DESK)
    assert {leg["to"]: leg["state"] for leg in shown["referrals"]} == {
        "csw": "withdrawn",
        "houkatsu": "accepted",
        "seikatsu-engo": "withdrawn",
    }


async def test_the_page_takes_siblings_back_where_its_box_is_ticked(world: World) -> None:
    recorded, legs = await _open(world, "csw", "houkatsu")
    case = recorded["case_id"]
    page = f"/referral/cases/{case}/referrals/{legs[0]}/withdraw"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    typed = urlencode({**_WHY, "siblings": "true"})
    done = await world.call("POST", page, _DESK, headers=kind, content=typed)
    assert done.status_code == 303, done.text
    assert await _states(world, case) == ["withdrawn", "withdrawn"]


async def test_a_case_ends_only_when_every_leg_has(world: World) -> None:
    recorded, legs = await _open(world, "csw", "houkatsu")
    case = recorded["case_id"]
    path = f"/referral/api/cases/{case}/close"
    end = {"end": "completed", **_END}
    await _act(world, legs[0], "csw", "accept")
    await _act(world, legs[1], "houkatsu", "accept")
    early = await world.call("POST", path, "csw", end)
    assert early.status_code == 409
    assert "close" not in early.json()["allowed"]
    await _act(world, legs[0], "csw", "close", **_END)
    await _act(world, legs[1], "houkatsu", "close", **_END)
    assert (await world.call("POST", path, "houkatsu", end)).status_code == 409
    faulty = await world.call("POST", path, "csw", {"end": "finished", **_END})
    assert [fault["loc"] for fault in faulty.json()["errors"]] == [["end"]]
    closed = await world.post(path, "csw", end)
    assert (closed["state"], closed["holder"], closed["outcome"]) == (
        "completed",
        "csw",
        "resolved",
    )
    again = await world.call("POST", path, "csw", end)
    assert (again.status_code, again.json()["allowed"]) == (409, [])


async def test_reopening_a_leg_opens_its_case_again(world: World) -> None:
    recorded, legs = await _open(world, "csw")
    case = recorded["case_id"]
    await _act(world, legs[0], "csw", "accept")
    await _act(world, legs[0], "csw", "close", **_END)
    await world.post(f"/referral/api/cases/{case}/close", "csw", {"end": "suspended", **_END})
    again = await _act(world, legs[0], _COORDINATOR, "reopen", reason="また困りごとが出た")
    assert (again["state"], again["outcome"]) == ("offered", None)
    shown = await _case(world, case)
    assert (shown["state"], shown["holder"], shown["outcome"]) == ("open", "csw", None)


async def test_an_agency_has_a_case_before_it_once(world: World) -> None:
    recorded, legs = await _open(world, "csw")
    case = recorded["case_id"]
    await _act(world, legs[0], "csw", "return", reason="not-ours")
    await world.post(f"/referral/api/cases/{case}/referrals", _DESK, refer("csw")["refer"])
    path = f"/referral/api/referrals/{legs[0]}/reopen"
    twice = await world.call("POST", path, _DESK, {"reason": "もう一度"})
    assert (twice.status_code, twice.json()["code"]) == (409, "already-there")
    assert twice.json()["allowed"] == []
    assert [leg["state"] for leg in (await _case(world, case))["legs"]] == ["returned", "offered"]


async def test_handing_on_goes_on_until_the_other_accepts(world: World) -> None:
    recorded, legs = await _open(world, "csw")
    case = recorded["case_id"]
    await _act(world, legs[0], "csw", "accept")
    request = refer("houkatsu")["refer"] | {"to": "houkatsu"}
    assert (await _act(world, legs[0], "csw", "hand-on", **request))["state"] == "accepted"
    twice = await world.call("POST", f"/referral/api/referrals/{legs[0]}/hand-on", "csw", request)
    assert (twice.status_code, twice.json()["code"]) == (409, "hand-on-pending")
    may = ["contacts", "confirm", "check-in", "assign", "close"]
    assert sorted(twice.json()["allowed"]) == sorted(may)
    shown = await _case(world, case, "csw")
    assert [(leg["state"], leg["lead"]) for leg in shown["legs"]] == [
        ("accepted", True),
        ("offered", True),
    ]
    assert shown["holder"] == "csw"
    await _act(world, shown["legs"][1]["id"], "houkatsu", "accept")
    shown = await _case(world, case, "houkatsu")
    assert [leg["state"] for leg in shown["legs"]] == ["handed-on", "accepted"]
    assert shown["holder"] == "houkatsu"


async def test_a_returned_hand_on_leaves_everything_as_it_was(world: World) -> None:
    recorded, legs = await _open(world, "csw")
    await _act(world, legs[0], "csw", "accept")
    request = refer("houkatsu")["refer"] | {"to": "houkatsu"}
    await _act(world, legs[0], "csw", "hand-on", **request)
    new = (await _case(world, recorded["case_id"]))["legs"][1]["id"]
    await _act(world, new, "houkatsu", "return", reason="no-capacity")
    shown = await _case(world, recorded["case_id"])
    assert [leg["state"] for leg in shown["legs"]] == ["accepted", "returned"]
    assert shown["holder"] == "csw"


async def test_taking_over_makes_the_former_lead_a_side_leg(world: World) -> None:
    recorded, legs = await _open(world, "csw")
    path = f"/referral/api/cases/{recorded['case_id']}/take-over"
    await _act(world, legs[0], "csw", "accept")
    assert (await world.call("POST", path, "csw", _WHY)).status_code == 409
    assert (await world.call("POST", path, "hoiku", _WHY)).status_code == 404
    taken = await world.post(path, _COORDINATOR, {"reason": "調整のため"})
    assert taken["holder"] == _COORDINATOR
    [leg] = (await _case(world, recorded["case_id"]))["legs"]
    assert (leg["state"], leg["lead"]) == ("accepted", False)


async def test_what_was_entered_in_error_counts_nowhere(world: World) -> None:
    recorded, legs = await _open(
        world, "csw", "seikatsu-engo", topics=["public-assistance"], main_topic="public-assistance"
    )
    await _act(world, legs[0], "csw", "accept")
    await _act(world, legs[1], "seikatsu-engo", "accept")
    employed = {"outcome": "employed", "ended_by": "person"}
    await _act(world, legs[1], "seikatsu-engo", "close", **employed)
    assert (await _value(world, "csw-consultations"), await _value(world, "new-workers")) == (1, 1)
    await _act(world, legs[0], "admin", "void", **_WHY)
    assert await _value(world, "csw-consultations") == 0
    await _act(world, legs[1], "admin", "void", **_WHY)
    assert await _value(world, "new-workers") == 0
    assert await _states(world, recorded["case_id"]) == ["void", "void"]


async def test_a_case_of_which_nothing_remains_is_void(world: World) -> None:
    recorded, legs = await _open(world, "csw")
    path = f"/intake/api/consultations/{recorded['id']}/cancellation"
    await world.post(path, f"counter:{_DESK}", {"reason": "別の相談とまちがえた"})
    await world.settle()
    assert (await _case(world, recorded["case_id"]))["state"] == "open"
    await _act(world, legs[0], "admin", "void", **_WHY)
    shown = await _case(world, recorded["case_id"])
    assert (shown["state"], shown["allowed"]) == ("void", [])


async def test_the_code_confirms_that_the_person_came(world: World) -> None:
    recorded, legs = await _open(world, "csw")
    other, _ = await _open(world, "csw")
    path = f"/referral/api/referrals/{legs[0]}/confirm"
    await _act(world, legs[0], "csw", "accept")
    digits = recorded["code"].replace("-", "")
    swapped = digits[1] + digits[0] + digits[2:]
    wrong = [f"{(int(digits[0]) + 1) % 10}{digits[1:]}", other["code"]]
    wrong += [swapped] if swapped != digits else []
    for code in wrong:
        refused = await world.call("POST", path, "csw", {"code": code})
        assert refused.status_code == 422, code
        assert refused.json()["errors"][0]["loc"] == ["code"]
    full_width = digits.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert (await _act(world, legs[0], "csw", "confirm", code=full_width))["confirmed"]
    assert (await _act(world, legs[0], "csw", "confirm", code=recorded["code"]))["confirmed"]
    acts = [act["action"] for act in (await _case(world, recorded["case_id"]))["history"]]
    assert acts.count("confirm") == 1


async def test_a_leg_is_given_to_a_colleague_of_the_same_agency(world: World) -> None:
    await add_accounts(world.settings, "csw", "houkatsu")
    _, legs = await _open(world, "csw")
    path = f"/referral/api/referrals/{legs[0]}/assign"
    refused = await world.call("POST", path, "csw", {"account": "houkatsu"})
    assert refused.json()["errors"][0]["code"] == "unknown-account"
    assert (await _act(world, legs[0], "csw", "assign", account="csw"))["assigned_to"] == "担当"


async def test_the_administrator_finds_a_case_by_its_code_and_sees_nothing_of_it(
    world: World,
) -> None:
    recorded, legs = await _open(world, "csw")
    secret = await world.token("admin")

    async def send(path: str, **typed: str) -> Any:
        headers = {"Authorization": f"Bearer {secret}"}
        return await world.client.post(path, data=typed, headers=headers)

    found = await send("/referral/voids", code=recorded["code"].replace("-", ""))
    assert found.status_code == 200
    assert f"/referral/voids/{legs[0]}" in found.text
    for hidden in ("孤独・孤立", "家計の相談が必要", "40代"):
        assert hidden not in found.text
    path = f"/referral/voids/{legs[0]}"
    refused = await send(path, code=recorded["code"], reason="")
    assert (refused.status_code, "理由を書いてください。" in refused.text) == (422, True)
    assert (await send(path, code=recorded["code"], reason="二重に入力した")).status_code == 200
    assert await _states(world, recorded["case_id"]) == ["void"]
    for number in range(9):
        assert (await send("/referral/voids", code=f"{number}23-456-789")).status_code == 422
