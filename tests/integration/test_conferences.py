"""A conference is held by who may, decides what its kind may, and all of it or nothing happens."""

from typing import Any
from uuid import uuid4

import pytest

from tests.integration.meetings import (
    COORDINATOR,
    DESK,
    LEAD,
    SIDE,
    STRANGER,
    act,
    case_of,
    in_days,
    meet,
    met,
    open_case,
    plan,
    today,
)
from tests.world import World

pytestmark = pytest.mark.anyio

_INTEGRATED = {"kind": "integrated-conference"}


def _name(case: str, agency: str) -> dict[str, Any]:
    return {"kind": "name-lead", "case": case, "agency": agency}


def _close(case: str) -> dict[str, Any]:
    return {
        "kind": "close-case",
        "case": case,
        "end": "completed",
        "outcome": "resolved",
        "ended_by": "person",
    }


async def _acts(world: World, case: str) -> list[str]:
    return [act["action"] for act in (await case_of(world, case))["history"]]


async def test_a_conference_stands_on_every_case_and_for_those_who_took_part(world: World) -> None:
    cases = [await open_case(world, LEAD), await open_case(world, SIDE)]
    held = await met(world, DESK, cases, minutes="家計の相談から始める。")
    assert held["agencies"] == [DESK, LEAD, COORDINATOR]
    for case in cases:
        [shown] = (await case_of(world, case))["conferences"]
        assert (shown["id"], shown["cases"], "minutes" in shown) == (held["id"], [case], False)
        assert "conference" in await _acts(world, case)
    for who in (DESK, LEAD, COORDINATOR):
        [listed] = await world.get("/referral/api/conferences", who)
        assert listed["id"] == held["id"]
        sheet = await world.get(f"/referral/api/conferences/{held['id']}", who)
        assert sheet["minutes"] == "家計の相談から始める。"
        assert sheet["cases"] == cases


async def test_who_took_part_reads_the_sheet_and_not_the_case(world: World) -> None:
    case = await open_case(world, LEAD)
    held = await met(world, DESK, [case], agencies=[STRANGER])
    assert (await world.get(f"/referral/api/conferences/{held['id']}", STRANGER))["cases"] == [case]
    refused = await world.call("GET", f"/referral/api/cases/{case}", STRANGER)
    assert refused.status_code == 404


async def test_a_party_that_was_not_there_sees_its_own_case_and_no_minutes(world: World) -> None:
    cases = [await open_case(world, LEAD), await open_case(world, SIDE)]
    held = await met(world, DESK, cases, agencies=[STRANGER], minutes="二つの世帯について")
    sheet = await world.get(f"/referral/api/conferences/{held['id']}", SIDE)
    assert (sheet["cases"], sheet["minutes"]) == ([cases[1]], None)
    assert await world.get("/referral/api/conferences", SIDE) == []


async def test_minutes_close_to_who_sat_there_once_a_case_is_about_violence(world: World) -> None:
    cases = [await open_case(world, LEAD), await open_case(world, SIDE)]
    there = [STRANGER, LEAD]
    held = await met(world, DESK, cases, agencies=there, minutes="二つの世帯について")
    sheet = f"conferences/{held['id']}"
    for who in there:
        read = await world.get(f"/referral/api/{sheet}", who)
        assert read["minutes"] == "二つの世帯について"
    await _now_about_violence(world, cases[0])
    for who, shown in ((STRANGER, [cases[1]]), (LEAD, cases), (DESK, cases)):
        read = await world.get(f"/referral/api/{sheet}", who)
        assert read["cases"] == shown
        assert read["minutes"] == (None if who == STRANGER else "二つの世帯について")
    page = (await world.call("GET", f"/referral/{sheet}", STRANGER)).text
    assert "二つの世帯について" not in page
    assert "この機関には表示しないケースのことも書かれている" in page
    await world.post(f"/referral/api/{sheet}/cancellation", DESK, {"reason": "日を間違えた"})
    assert "日を間違えた" not in (await world.call("GET", f"/referral/{sheet}", STRANGER)).text


async def _now_about_violence(world: World, case: str) -> None:
    """Correct the consultation of a case: it was about violence at home."""
    found = await world.get("/intake/api/consultations", DESK)
    [record] = [one["id"] for one in found if one["case_id"] == case]
    body = {"topics": ["dv"], "main_topic": "dv", "reason": "聞き取りのあとで分かった"}
    await world.post(f"/intake/api/consultations/{record}/corrections", DESK, body)
    await world.settle()


async def test_nobody_else_sees_that_there_was_a_conference(world: World) -> None:
    held = await met(world, DESK, [await open_case(world, LEAD)])
    path = f"/referral/api/conferences/{held['id']}"
    for who, status in ((STRANGER, 404), (SIDE, 404), ("manager", 403), ("admin", 403)):
        assert (await world.call("GET", path, who)).status_code == status
        cancelled = await world.call("POST", f"{path}/cancellation", who, {"reason": "まちがい"})
        assert cancelled.status_code == status
    assert await world.get("/referral/api/conferences", STRANGER) == []


async def test_a_case_about_violence_is_on_no_strangers_sheet(world: World) -> None:
    dv = await open_case(world, LEAD, topics=["dv"], main_topic="dv")
    other = await open_case(world, LEAD)
    held = await met(world, DESK, [dv, other], _name(dv, LEAD), agencies=[LEAD, STRANGER])
    path = f"/referral/api/conferences/{held['id']}"
    assert (await world.get(path, LEAD))["cases"] == [dv, other]
    sheet = await world.get(path, STRANGER)
    assert (sheet["cases"], sheet["decisions"]) == ([other], [])
    assert (await world.call("GET", path, COORDINATOR)).json()["cases"] == [other]


async def test_only_the_holder_and_the_coordinator_convene(world: World) -> None:
    case = await open_case(world, LEAD, SIDE)
    assert (await meet(world, STRANGER, [case])).status_code == 404
    refused = await meet(world, SIDE, [case])
    assert (refused.status_code, refused.json()["errors"][0]["loc"]) == (409, ["cases", 0])
    assert (await meet(world, COORDINATOR, [case])).status_code == 201
    assert (await meet(world, f"counter:{DESK}", [case])).status_code == 201
    assert (await meet(world, DESK, [case, str(uuid4())])).status_code == 404
    for who in ("manager", "admin"):
        assert (await meet(world, who, [case])).status_code == 403


async def test_the_coordinator_convenes_on_no_case_of_violence_that_is_not_its_own(
    world: World,
) -> None:
    case = await open_case(world, LEAD, topics=["child-abuse"], main_topic="child-abuse")
    assert (await meet(world, COORDINATOR, [case])).status_code == 404


@pytest.mark.parametrize(
    ("changes", "loc", "code"),
    [
        ({"agencies": ["nowhere"]}, ["agencies", 1], "unknown-agency"),
        ({"agencies": [LEAD, LEAD]}, ["agencies"], "twice"),
        ({"agencies": [DESK]}, ["agencies"], "alone"),
        ({"held_on": in_days(1)}, ["held_on"], "in-the-future"),
        ({"held_on": "2020-01-01"}, ["held_on"], "before-case"),
        ({"kind": "tea"}, ["kind"], "unknown-code"),
    ],
)
async def test_what_cannot_be_taken_names_its_field(
    world: World, changes: dict[str, Any], loc: list[Any], code: str
) -> None:
    case = await open_case(world, LEAD)
    answer = await meet(world, DESK, [case], **changes)
    assert answer.status_code == 422, answer.text
    assert [(fault["loc"], fault["code"]) for fault in answer.json()["errors"]] == [(loc, code)]
    assert (await case_of(world, case))["conferences"] == []


@pytest.mark.parametrize(
    ("decision", "loc", "code"),
    [
        ({"kind": "name-lead"}, ["agency"], "missing"),
        ({"kind": "name-lead", "agency": "nowhere"}, ["agency"], "unknown-agency"),
        ({"kind": "name-lead", "agency": LEAD, "end": "completed"}, ["end"], "unknown-field"),
        ({"kind": "adopt-plan"}, ["kind"], "not-in-this-conference"),
        ({"kind": "name-lead", "agency": LEAD, "case": str(uuid4())}, ["case"], "not-on-agenda"),
    ],
)
async def test_a_decision_that_cannot_be_taken_says_which_and_where(
    world: World, decision: dict[str, Any], loc: list[Any], code: str
) -> None:
    case = await open_case(world, LEAD)
    answer = await meet(world, DESK, [case], _name(case, LEAD), {"case": case} | decision)
    assert answer.status_code == 422, answer.text
    found = [(fault["loc"], fault["code"]) for fault in answer.json()["errors"]]
    assert (["decisions", 1, *loc], code) in found
    assert (await case_of(world, case))["holder"] == DESK


async def test_without_consent_there_is_no_integrated_conference(world: World) -> None:
    agreed = await open_case(world, LEAD)
    other = await open_case(world, LEAD, basis="support-conference")
    answer = await meet(world, DESK, [agreed, other], **_INTEGRATED)
    assert (answer.status_code, answer.json()["code"]) == (409, "no-consent")
    assert answer.json()["case"] == other
    assert answer.json()["errors"][0]["loc"] == ["cases", 1]
    allowed = (await case_of(world, other))["allowed"]
    assert answer.json()["allowed"] == allowed == ["referrals", "conferences", "plan"]
    assert (await meet(world, DESK, [other])).status_code == 201
    assert (await meet(world, DESK, [agreed], **_INTEGRATED)).status_code == 201


async def test_one_refused_decision_refuses_the_conference(world: World) -> None:
    first, second = await open_case(world, LEAD), await open_case(world, LEAD)
    answer = await meet(
        world, DESK, [first, second], _name(first, LEAD), _close(second), **_INTEGRATED
    )
    assert answer.status_code == 409
    assert answer.json()["case"] == second
    assert answer.json()["errors"][0]["loc"] == ["decisions", 1]
    shown = await case_of(world, first)
    assert (shown["holder"], shown["conferences"]) == (DESK, [])
    assert await world.get("/referral/api/conferences", LEAD) == []


async def test_a_conference_ends_a_case_once_its_legs_have(world: World) -> None:
    case = await open_case(world, LEAD)
    leg = (await case_of(world, case))["legs"][0]["id"]
    await act(world, leg, LEAD, "accept")
    await act(world, leg, LEAD, "close", outcome="resolved", ended_by="person")
    await met(world, LEAD, [case], _close(case), agencies=[DESK], **_INTEGRATED)
    shown = await case_of(world, case)
    assert (shown["state"], shown["outcome"], shown["holder"]) == ("completed", "resolved", LEAD)
    again = await meet(world, LEAD, [case], agencies=[DESK])
    assert (again.status_code, again.json()["allowed"]) == (409, [])


async def test_a_refused_conference_says_what_may_be_done_to_the_case_as_it_is(
    world: World,
) -> None:
    case = await open_case(world, LEAD)
    leg = (await case_of(world, case))["legs"][0]["id"]
    await act(world, leg, LEAD, "accept")
    await act(world, leg, LEAD, "close", outcome="resolved", ended_by="person")
    decided = [_close(case), _name(case, DESK)]
    answer = await meet(world, LEAD, [case], *decided, agencies=[DESK], **_INTEGRATED)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-now")
    shown = await case_of(world, case)
    assert shown["state"] == "open"
    assert answer.json()["allowed"] == (await case_of(world, case, LEAD))["allowed"]
    assert "close" in answer.json()["allowed"]


async def test_a_conference_adopts_and_reviews_the_plan(world: World) -> None:
    case = await open_case(world, LEAD)
    adopt = {"kind": "adopt-plan", "case": case}
    early = await meet(world, DESK, [case], adopt, **_INTEGRATED)
    assert (early.status_code, early.json()["code"]) == (409, "no-draft")
    await world.post(f"/referral/api/cases/{case}/plan", DESK, plan(DESK, LEAD))
    held = await met(world, DESK, [case], adopt, **_INTEGRATED)
    shown = (await case_of(world, case))["plan"]
    assert (shown["state"], shown["adopted_in"]) == ("adopted", held["id"])
    scores = [{"goal": 1, "score": "achieved"}, {"goal": 2, "score": "partly"}]
    review = {"kind": "review-plan", "case": case, "scores": scores, "next_review": in_days(60)}
    half = review | {"scores": scores[:1]}
    refused = await meet(world, DESK, [case], half, **_INTEGRATED)
    assert refused.json()["errors"][0]["loc"] == ["decisions", 0, "scores"]
    await met(world, DESK, [case], review, **_INTEGRATED)
    shown = (await case_of(world, case))["plan"]
    assert [goal["score"] for goal in shown["goals"]] == ["achieved", "partly"]
    assert (shown["state"], shown["review_on"]) == ("reviewed", in_days(60))
    assert {"adopt-plan", "review-plan"} <= set(await _acts(world, case))


async def test_a_conference_sent_twice_is_held_once(world: World) -> None:
    case = await open_case(world, LEAD)
    body = {
        "kind": "support-conference",
        "held_on": today(),
        "agencies": [LEAD],
        "cases": [case],
        "decisions": [_name(case, LEAD)],
    }
    answers = [
        await world.call(
            "POST", "/referral/api/conferences", DESK, body, headers={"Idempotency-Key": "one"}
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len((await case_of(world, case))["conferences"]) == 1


async def test_only_the_convener_takes_a_record_back_and_what_was_decided_stays(
    world: World,
) -> None:
    case = await open_case(world, LEAD)
    held = await met(world, DESK, [case], _name(case, LEAD))
    path = f"/referral/api/conferences/{held['id']}/cancellation"
    reason = {"reason": "日をまちがえた"}
    assert (await world.call("POST", path, LEAD, reason)).status_code == 409
    assert (await world.post(path, DESK, reason))["cancelled"] is True
    assert (await world.call("POST", path, DESK, reason)).status_code == 409
    shown = await case_of(world, case)
    assert (shown["holder"], shown["conferences"][0]["cancelled"]) == (LEAD, True)
    assert "cancel-conference" in await _acts(world, case)
