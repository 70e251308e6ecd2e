"""Words are where they belong and nowhere else, and after their time they are nowhere at all."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from shared.messaging.forgetting import FORGOTTEN
from shared.plan import Plan
from tests.integration.meetings import (
    COORDINATOR,
    DESK,
    LEAD,
    SIDE,
    act,
    case_of,
    meet,
    open_case,
    today,
)
from tests.integration.whereabouts import all_stored, first_day_after, forget, places
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_COUNTER = f"counter:{DESK}"
_LOG = {"intake.outbox", "redis"}
#: Where each word may be: tables, and the streams.
_PLACES: Mapping[str, set[str]] = {
    "紫陽花の札": {"intake.memo"},
    "藤の札": {"intake.memo"},
    "桔梗の札": {"referral.leg", *_LOG},
    "菖蒲の係": {"referral.leg", *_LOG},
    "水仙の札": {"intake.revision"},
    "蒲公英の札": {"intake.revision"},
    "山吹の札": {"intake.activity"},
    "木蓮の札": {"referral.history"},
    "芍薬の札": {"referral.leg"},
    "牡丹の札": {"referral.contact"},
    "竜胆の札": {"referral.plan_goal"},
    "撫子の札": {"referral.plan_role"},
    "金木犀の札": {"referral.conference_words"},
    "沈丁花の札": {"referral.conference_words"},
    "石楠花の札": {"referral.history"},
    "百日紅の札": {"referral.history"},
    "夾竹桃の札": {"referral.history"},
    "鳳仙花の札": {"referral.history"},
    "曼珠沙華の札": {"referral.agency_pause"},
    "花水木の札": {"referral.leg"},
    "満天星の係": {"referral.leg", "referral.history"},
    "雪割草の札": {"referral.history"},
    "福寿草の札": {"referral.history"},
    "月見草の札": {"referral.history"},
    "吾亦紅の札": {"intake.revision"},
    "鬼灯の札": {"referral.agency_succession"},
}
#: What the answer to a call quotes is kept with the call's key, for a month.
_QUOTED = {"referral.idempotency_key"}
_ANSWERED: Mapping[str, set[str]] = {
    word: tables | _QUOTED if word in ("竜胆の札", "撫子の札", "金木犀の札") else tables
    for word, tables in _PLACES.items()
}


def _with_keys(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every call that writes has a key of its own, so that its answer is kept."""
    call = world.call

    async def keyed(method: str, path: str, who: str, body: Any = None, **more: Any) -> Any:
        if method == "POST":
            more.setdefault("headers", {"Idempotency-Key": str(uuid4())})
        return await call(method, path, who, body, **more)

    monkeypatch.setattr(world, "call", keyed)


async def _write(world: World) -> None:
    """One word into every field that takes free text."""
    body = consultation(
        memo="紫陽花の札", **refer(LEAD, reason="桔梗の札", authorised_by="菖蒲の係")
    )
    kept = {"headers": {"Idempotency-Key": "once"}}
    answer = await world.call("POST", "/intake/api/consultations", _COUNTER, body, **kept)
    path, case = f"/intake/api/consultations/{answer.json()['id']}", answer.json()["case_id"]
    await world.settle()
    correction = {"urgency": "soon", "reason": "水仙の札"}
    assert (
        await world.call("POST", f"{path}/corrections", _COUNTER, correction, **kept)
    ).is_success
    without_a_case = consultation(memo="藤の札")
    await world.post("/intake/api/consultations", _COUNTER, without_a_case)
    day = {"kind": "donation", "held_on": "2026-05-20", "amount": 1, "note": "山吹の札"}
    activity = (await world.post("/intake/api/activities", _COUNTER, day))["id"]
    change = {"quantity": 2, "reason": "蒲公英の札"}
    await world.post(f"/intake/api/activities/{activity}/corrections", _COUNTER, change)
    await world.settle()

    leg = (await case_of(world, case))["legs"][0]["id"]
    await act(world, leg, LEAD, "return", reason="no-capacity", note="木蓮の札")
    offer = refer(SIDE, reason="芍薬の札")["refer"]
    [made] = (await world.post(f"/referral/api/cases/{case}/referrals", DESK, offer))["legs"]
    await act(world, made["id"], SIDE, "accept")
    await act(world, made["id"], SIDE, "contacts", on=today(), kind="visit", memo="牡丹の札")
    goal = {"goal": "竜胆の札", "roles": [{"agency": SIDE, "role": "撫子の札"}]}
    draft = {"goals": [goal], "review_on": today()}
    await world.post(f"/referral/api/cases/{case}/plan", SIDE, draft)
    held = (await meet(world, SIDE, [case], minutes="金木犀の札")).json()["id"]
    path = f"/referral/api/conferences/{held}/cancellation"
    await world.post(path, SIDE, {"reason": "沈丁花の札"})
    end: dict[str, Any] = {"outcome": "resolved", "ended_by": "person"}
    await act(world, made["id"], SIDE, "close", **end, note="石楠花の札")
    ended = end | {"end": "completed", "note": "百日紅の札"}
    await world.post(f"/referral/api/cases/{case}/close", SIDE, ended)

    other = await open_case(world, LEAD)
    leg = (await case_of(world, other))["legs"][0]["id"]
    await act(world, leg, DESK, "withdraw", reason="夾竹桃の札")
    await act(world, leg, "admin", "void", reason="鳳仙花の札")
    await world.post(f"/referral/api/cases/{other}/close", DESK, ended | {"note": None})
    pause = {"substitute": SIDE, "reason": "曼珠沙華の札"}
    path = f"/referral/api/agencies/{LEAD}/pause"
    assert (await world.call("POST", path, LEAD, pause)).is_success
    assert (await world.call("POST", f"{path}/end", LEAD, {})).is_success
    await _hand_on(world, end)
    path = "/referral/api/agencies/hoiku/succession"
    succession = {"to": SIDE, "reason": "鬼灯の札"}
    assert (await world.call("POST", path, "admin", succession)).is_success
    refused = consultation(memo="紫陽花の札 hanako@example.jp")
    answer = await world.call("POST", "/intake/api/consultations", _COUNTER, refused)
    assert (answer.status_code, "紫陽花" in answer.text) == (422, False)
    await world.settle()


async def _hand_on(world: World, end: dict[str, Any]) -> None:
    """A leg that is handed on, made again and taken over, and a consultation that was none."""
    body = consultation(**refer(LEAD))
    made = await world.post("/intake/api/consultations", _COUNTER, body)
    await world.settle()
    case = made["case_id"]
    leg = (await case_of(world, case))["legs"][0]["id"]
    await act(world, leg, LEAD, "accept")
    onwards = {"to": SIDE, "reason": "花水木の札", "basis": "consent", "mode": "phone"}
    await act(world, leg, LEAD, "hand-on", **onwards)
    leg = (await case_of(world, case))["legs"][1]["id"]
    await act(world, leg, SIDE, "accept")
    await act(world, leg, SIDE, "consent-withdrawn", reason="雪割草の札")
    await act(world, leg, LEAD, "basis", basis="consent", authorised_by="満天星の係")
    await act(world, leg, SIDE, "close", **end)
    await act(world, leg, SIDE, "reopen", reason="福寿草の札")
    path = f"/referral/api/cases/{case}/take-over"
    await world.post(path, COORDINATOR, {"reason": "月見草の札"})
    path = f"/intake/api/consultations/{made['id']}/cancellation"
    await world.post(path, _COUNTER, {"reason": "吾亦紅の札"})
    await world.settle()
    ended = end | {"end": "completed"}
    await world.post(f"/referral/api/cases/{case}/close", COORDINATOR, ended)


async def _elsewhere(world: World) -> str:
    """What is shown to many or to machines: gauges, exact figures, lists, what is published."""
    told = [str(await worker.gauges()) for worker in world.workers.values()]
    for path, who in (
        ("/intake/prometheus", "admin"),
        ("/referral/prometheus", "admin"),
        ("/metrics/prometheus", "admin"),
        ("/metrics/api/indicators?fy=2026", "manager"),
        ("/metrics/api/flow?fy=2026", "manager"),
        ("/intake/api/consultations", _COUNTER),
        ("/referral/api/inbox", LEAD),
        ("/referral/cases", "admin"),
        ("/referral/notifications", LEAD),
        ("/referral/deliveries", "admin"),
    ):
        told.append((await world.call("GET", path, who)).text)
    return " ".join(told)


def _without_trails(environment: Mapping[str, str]) -> dict[str, str]:
    """Everything that stays when nothing is done: workers give rows of the trails their places."""
    stored = all_stored(environment)
    return {place: text for place, text in stored.items() if not place.endswith(".audit")}


async def test_words_are_in_their_place_alone_and_later_nowhere(
    world: World, environment: dict[str, str], plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_keys(world, monkeypatch)
    with capture_logs() as logs:
        await _write(world)
        shown = await _elsewhere(world)
    assert places(environment, _PLACES) == _ANSWERED
    await forget(environment, plan, datetime.now(UTC) + timedelta(days=29))
    assert places(environment, _PLACES) == _ANSWERED
    await forget(environment, plan, datetime.now(UTC) + timedelta(days=31))
    assert places(environment, _PLACES) == _PLACES
    assert [word for word in _PLACES if word in f"{logs}{shown}"] == []

    going_on = await open_case(world, LEAD)
    counted = await world.get("/metrics/api/indicators?fy=2026", "manager")
    kept_until = first_day_after(plan) - timedelta(minutes=1)
    await forget(environment, plan, kept_until)
    assert places(environment, _PLACES) == _PLACES

    await forget(environment, plan, kept_until + timedelta(minutes=1))
    await world.settle()
    assert places(environment, _PLACES) == {word: set() for word in _PLACES}
    assert all_stored(environment)["redis"].count(FORGOTTEN) == 6
    [leg] = (await case_of(world, going_on, LEAD))["legs"]
    assert leg["reason"] == "家計の相談が必要"
    assert await world.get("/metrics/api/indicators?fy=2026", "manager") == counted
    stored = _without_trails(environment)
    await forget(environment, plan, kept_until + timedelta(days=30))
    assert _without_trails(environment) == stored


async def test_an_open_case_keeps_its_words_whether_anybody_has_it_or_not(
    world: World, environment: dict[str, str], plan: Plan
) -> None:
    taken_back = consultation(memo="紫陽花の札", **refer(LEAD, reason="桔梗の札"))
    nowhere = consultation(memo="山吹の札", **refer(lead=None, reason="木蓮の札"))
    cases = []
    for body in (taken_back, nowhere):
        recorded = await world.post("/intake/api/consultations", _COUNTER, body)
        path = f"/intake/api/consultations/{recorded['id']}/corrections"
        await world.post(path, _COUNTER, {"urgency": "soon", "reason": "水仙の札"})
        cases.append(recorded["case_id"])
    await world.settle()
    [leg] = (await case_of(world, cases[0]))["legs"]
    await act(world, leg["id"], DESK, "withdraw", reason="別の道が見つかった")
    await world.settle()
    written = places(environment, _PLACES)
    assert written["紫陽花の札"] == written["山吹の札"] == {"intake.memo"}
    assert written["桔梗の札"] > _LOG
    assert written["木蓮の札"] > _LOG
    long_after = first_day_after(plan) + timedelta(days=365)
    await forget(environment, plan, long_after)
    assert places(environment, _PLACES) == written

    end = {"end": "completed", "outcome": "resolved", "ended_by": "person"}
    await world.post(f"/referral/api/cases/{cases[0]}/close", DESK, end)
    holder = (await case_of(world, cases[1]))["holder"]
    await world.post(f"/referral/api/cases/{cases[1]}/close", holder, end)
    await world.settle()
    await forget(environment, plan, long_after)
    await world.settle()
    assert places(environment, _PLACES) == {word: set() for word in _PLACES}


async def test_a_case_that_is_opened_again_keeps_its_words(
    world: World, environment: dict[str, str], plan: Plan
) -> None:
    body = consultation(memo="紫陽花の札", **refer(LEAD, reason="桔梗の札"))
    recorded = await world.post("/intake/api/consultations", _COUNTER, body)
    case = recorded["case_id"]
    await world.settle()
    [leg] = (await case_of(world, case))["legs"]
    await act(world, leg["id"], DESK, "withdraw", reason="別の道が見つかった")
    end = {"end": "suspended", "outcome": "resolved", "ended_by": "person"}
    await world.post(f"/referral/api/cases/{case}/close", DESK, end)
    await act(world, leg["id"], DESK, "reopen", reason="もう一度")
    await world.settle()
    written = places(environment, _PLACES)
    await forget(environment, plan, first_day_after(plan))
    assert places(environment, _PLACES) == written
