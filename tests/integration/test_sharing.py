"""A receiver sees what the basis shows; consent comes late, is taken back, and shields hold."""

import re
from typing import Any

import pytest

from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_SENDER, _RECEIVER, _STRANGER, _COORDINATOR = "shakyo-sogo", "csw", "hoiku", "chiiki-kyosei"
_INTEGRATED = "integrated-support-conference"


async def _open(world: World, **changes: Any) -> tuple[str, str]:
    """A case of 社協 with a leg to CSW: the case's and the leg's id."""
    topic = changes.pop("topic", "isolation")
    body = consultation(topics=[topic], main_topic=topic, **refer(_RECEIVER, **changes))
    made = await world.post("/intake/api/consultations", f"counter:{_SENDER}", body)
    await world.settle()
    shown = await world.get(f"/referral/api/cases/{made['case_id']}", _SENDER)
    return made["case_id"], shown["legs"][0]["id"]


async def _case(world: World, case: str) -> Any:
    return await world.get(f"/referral/api/cases/{case}", _RECEIVER)


async def test_consent_that_arrives_later_and_goes_changes_what_is_seen(world: World) -> None:
    case, leg = await _open(world, basis="anonymous")
    at = f"/referral/api/referrals/{leg}"
    await world.post(f"{at}/accept", _RECEIVER, {})
    shown = await _case(world, case)
    assert (shown["topics"], shown["urgency"], shown["facts"]) == (["isolation"], None, {})
    assert shown["legs"][0]["reason"] is None
    refused = await world.call("POST", f"{at}/basis", _RECEIVER, {"basis": "consent"})
    assert refused.status_code == 409
    await world.post(f"{at}/basis", _SENDER, {"basis": "consent", "authorised_by": "課長"})
    shown = await _case(world, case)
    assert shown["facts"]["district"] == "east"
    assert (shown["legs"][0]["reason"], shown["legs"][0]["authorised_by"]) == (
        "家計の相談が必要",
        "課長",
    )
    await world.post(f"{at}/consent-withdrawn", _SENDER, {"reason": "本人の希望"})
    shown = await _case(world, case)
    assert (shown["topics"], shown["urgency"], shown["facts"]) == ([], None, {})
    assert [entry["id"] for entry in shown["legs"]] == [leg]
    assert shown["legs"][0]["reason"] is None
    assert "本人の希望" not in str(shown)
    [entry] = await world.get("/referral/api/inbox", _RECEIVER)
    assert entry["topics"] == []


async def test_who_gave_a_leg_back_keeps_the_leg_and_not_the_case(world: World) -> None:
    case, leg = await _open(world)
    body = {"reason": "not-ours", "note": "担当が違います"}
    await world.post(f"/referral/api/referrals/{leg}/return", _RECEIVER, body)
    gone = await world.call("GET", f"/referral/api/cases/{case}", _RECEIVER)
    assert gone.status_code == 404
    record = await world.get(f"/referral/api/referrals/{leg}", _RECEIVER)
    assert (record["state"], record["reason"]) == ("returned", None)
    assert record["history"][-1]["detail"]["note"] == "担当が違います"
    page = await world.call("GET", "/referral/given-back", _RECEIVER)
    assert page.status_code == 200
    assert "担当が違います" in page.text
    stranger = await world.call("GET", f"/referral/api/referrals/{leg}", _STRANGER)
    assert stranger.status_code == 404


async def test_a_basis_is_offered_once_the_law_offers_it_and_no_longer(world: World) -> None:
    case, leg = await _open(world)
    path, body = f"/referral/api/referrals/{leg}/basis", {"basis": _INTEGRATED}

    async def answer() -> Any:
        await world.settle()
        return await world.call("POST", path, _SENDER, body)

    refused = await answer()
    assert (refused.status_code, refused.json()["code"]) == (422, "basis-not-offered")
    page = f"/referral/cases/{case}"
    assert _INTEGRATED not in (await world.call("GET", page, _SENDER)).text
    figure = {"indicator": "integrated-support-system", "as_of": "2026-05-01", "state": "整備"}
    made = await world.post("/intake/api/figures", "manager", figure)
    assert (await answer()).status_code == 200
    assert _INTEGRATED in (await world.call("GET", page, _SENDER)).text
    taken_back = {"reason": "誤り"}
    await world.post(f"/intake/api/figures/{made['id']}/cancellation", "manager", taken_back)
    assert (await answer()).status_code == 422


@pytest.mark.parametrize("who", [_STRANGER, _COORDINATOR])
async def test_violence_is_nowhere_for_who_is_no_party(world: World, who: str) -> None:
    case, leg = await _open(world, topic="dv")
    for method, path, body in (
        ("GET", f"/referral/api/cases/{case}", None),
        ("GET", f"/referral/cases/{case}", None),
        ("GET", f"/referral/api/referrals/{leg}", None),
        ("POST", f"/referral/api/referrals/{leg}/basis", {"basis": "consent"}),
        ("POST", f"/referral/api/cases/{case}/calls", {"whom": "110"}),
        ("POST", f"/referral/api/cases/{case}/take-over", {"reason": "確認"}),
    ):
        answer = await world.call(method, path, who, body)
        assert answer.status_code == 404, path
    assert await world.get("/referral/api/inbox", who) == []
    for path in ("/referral/cases", "/referral/inbox", "/referral/given-back"):
        page = (await world.call("GET", path, who)).text
        # A filter names every topic, whether there is a case or not.
        assert "DV" not in re.sub("<option.*?</option>", "", page)
        assert case not in page


async def test_a_call_is_stamped_and_the_case_says_whom_to_call(world: World) -> None:
    case, _ = await _open(world, topic="dv", basis="emergency")
    page = (await world.call("GET", f"/referral/cases/{case}", _SENDER)).text
    for words in ("いま電話してください", "#8008", "110", "番号を入れてください（管理者）"):
        assert words in page
    path = f"/referral/api/cases/{case}/calls"
    made = await world.post(path, _SENDER, {"whom": "#8008"})
    assert (made["whom"], made["by"]) == ("#8008", _SENDER)
    shown = await _case(world, case)
    assert [a["detail"] for a in shown["history"] if a["action"] == "telephoned"] == [
        {"whom": "#8008"}
    ]
    unknown = await world.call("POST", path, _SENDER, {"whom": "090"})
    assert unknown.status_code == 422


async def test_a_likely_duplicate_is_told_to_who_may_see_both(world: World) -> None:
    first, _ = await _open(world)
    second, _ = await _open(world)
    words = "条件の近いケースがあります"
    for who, told in ((_SENDER, True), (_COORDINATOR, True), (_RECEIVER, False)):
        page = (await world.call("GET", f"/referral/cases/{second}", who)).text
        assert (words in page) is told, who
        assert (first in page) is told
    hidden, _ = await _open(world, topic="dv")
    again, _ = await _open(world, topic="dv")
    page = (await world.call("GET", f"/referral/cases/{again}", _SENDER)).text
    assert words not in page
    assert hidden not in page


async def test_a_holder_is_warned_by_what_both_cases_show_to_it(world: World) -> None:
    """A receiver sees no main topic: to it, cases are alike in all topics or not at all."""
    alike, other = {"topics": ["debt", "isolation"]}, {"topics": ["isolation"]}
    made = {}
    for name, desk, changes in (
        ("first", "houkatsu", alike | {"main_topic": "debt"}),
        ("second", _SENDER, {"topics": ["isolation", "debt"]}),
        ("elsewhere", _SENDER, alike | {"district": "west"}),
        ("another", _SENDER, other),
        ("nameless", _SENDER, alike | {"basis": "anonymous"}),
        ("taken back", _SENDER, alike),
        ("unanswered", _SENDER, alike),
    ):
        referral = {"basis": changes.pop("basis", "consent")}
        body = consultation(**refer(_RECEIVER, **referral) | changes)
        recorded = await world.post("/intake/api/consultations", f"counter:{desk}", body)
        made[name] = recorded["case_id"]
    await world.settle()
    legs = {one["case_id"]: one["id"] for one in await world.get("/referral/api/inbox", _RECEIVER)}
    for name, case in made.items():
        if name != "unanswered":
            await world.post(f"/referral/api/referrals/{legs[case]}/accept", _RECEIVER, {})
    taken_back = f"/referral/api/referrals/{legs[made['taken back']]}/consent-withdrawn"
    await world.post(taken_back, _RECEIVER, {})

    async def warned(name: str) -> set[str]:
        page = (await world.call("GET", f"/referral/cases/{made[name]}", _RECEIVER)).text
        return {other for other, case in made.items() if other != name and case in page}

    assert await warned("first") == {"second"}
    assert await warned("second") == {"first"}
    for name in ("elsewhere", "another", "nameless", "taken back", "unanswered"):
        assert await warned(name) == set(), name
