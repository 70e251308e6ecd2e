"""受入停止: while an agency pauses, nothing waits at its closed door."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.referral.usecases.tend_agencies import tend_agencies
from shared.database import AS_SERVICE, make_engine
from shared.japanese_time import JST
from shared.messaging.outbox import Outbox
from shared.plan import Plan
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_KYOSEI = "chiiki-kyosei"


async def _open(world: World, desk: str, *to: str, **changes: Any) -> str:
    body = consultation(**refer(*to, **changes))
    recorded = await world.post("/intake/api/consultations", f"counter:{desk}", body)
    await world.settle()
    return str(recorded["case_id"])


async def _legs(world: World, case: str, who: str) -> list[tuple[Any, ...]]:
    shown = await world.get(f"/referral/api/cases/{case}", who)
    names = ("to", "state", "lead", "instead_of")
    return [tuple(leg[name] for name in names) for leg in shown["legs"]]


async def _pause(world: World, agency: str, who: str | None = None, **body: Any) -> Any:
    words = {"substitute": "houkatsu", "reason": "研修のため"} | body
    return await world.post(f"/referral/api/agencies/{agency}/pause", who or agency, words)


async def test_what_waits_goes_to_the_substitute_in_one_act(world: World) -> None:
    case = await _open(world, "shakyo-sogo", "csw", "hoiku")
    answer = await _pause(world, "csw")
    assert (answer["moved"], answer["substitute"]) == (1, "houkatsu")
    assert await _legs(world, case, "shakyo-sogo") == [
        ("csw", "withdrawn", True, None),
        ("hoiku", "offered", False, None),
        ("houkatsu", "offered", True, "csw"),
    ]
    assert await world.get("/referral/api/inbox", "csw") == []
    assert (await world.call("GET", f"/referral/api/cases/{case}", "csw")).status_code == 404
    await world.settle()
    [leg] = await world.get("/referral/api/inbox", "houkatsu")
    await world.post(f"/referral/api/referrals/{leg['id']}/accept", "houkatsu", {})
    shown = await world.get(f"/referral/api/cases/{case}", "shakyo-sogo")
    assert shown["holder"] == "houkatsu"
    assert "paused" in {act["action"] for act in shown["history"]}


async def test_new_offers_go_to_the_substitute_by_event_and_by_call(world: World) -> None:
    await _pause(world, "csw")
    case = await _open(world, "shakyo-sogo", "csw")
    assert await _legs(world, case, "shakyo-sogo") == [("houkatsu", "offered", True, "csw")]
    other = await _open(world, "shakyo-sogo", "hoiku")
    answer = await world.post(
        f"/referral/api/cases/{other}/referrals", "shakyo-sogo", refer("csw")["refer"]
    )
    assert [(leg["to"], leg["instead_of"]) for leg in answer["legs"]] == [("houkatsu", "csw")]


async def test_the_sender_never_gets_its_own_question_back(world: World) -> None:
    by_substitute = await _open(world, "houkatsu", "csw")
    await _pause(world, "csw")
    assert (await _legs(world, by_substitute, "houkatsu"))[-1] == (
        (_KYOSEI, "offered", True, "csw")
    )
    ended = await world.call("POST", "/referral/api/agencies/csw/pause/end", "csw")
    assert ended.status_code == 204
    kept = await _open(world, _KYOSEI, "csw")
    answer = await _pause(world, "csw", substitute=_KYOSEI)
    assert answer["moved"] == 0
    assert await _legs(world, kept, _KYOSEI) == [("csw", "offered", True, None)]


async def test_a_pending_hand_on_goes_on_with_the_substitute(world: World) -> None:
    case = await _open(world, "shakyo-sogo", "hoiku")
    [leg] = await world.get("/referral/api/inbox", "hoiku")
    await world.post(f"/referral/api/referrals/{leg['id']}/accept", "hoiku", {})
    request = refer("csw")["refer"] | {"to": "csw"}
    await world.post(f"/referral/api/referrals/{leg['id']}/hand-on", "hoiku", request)
    await _pause(world, "csw")
    [moved] = await world.get("/referral/api/inbox", "houkatsu")
    await world.post(f"/referral/api/referrals/{moved['id']}/accept", "houkatsu", {})
    states = [(to, state) for to, state, _, _ in await _legs(world, case, "shakyo-sogo")]
    assert states == [("hoiku", "handed-on"), ("csw", "withdrawn"), ("houkatsu", "accepted")]


async def test_a_pause_begins_on_its_day_and_ends(world: World, plan: Plan) -> None:
    tomorrow = datetime.now(JST) + timedelta(days=1)
    case = await _open(world, "shakyo-sogo", "csw")
    answer = await _pause(world, "csw", **{"from": tomorrow.date().isoformat()})
    assert answer["moved"] == 0
    assert len(await world.get("/referral/api/inbox", "csw")) == 1
    engine = make_engine(world.settings.database_url("referral"), pool_size=2, options=AS_SERVICE)
    await tend_agencies(engine, plan, Outbox(1), tomorrow)
    await engine.dispose()
    assert (await _legs(world, case, "shakyo-sogo"))[-1][0] == "houkatsu"
    answer = await world.call("POST", "/referral/api/agencies/csw/pause/end", "csw")
    assert answer.status_code == 204
    assert await world.get("/referral/api/agencies/pauses", "csw") == []
    again = await _open(world, "shakyo-sogo", "csw")
    assert await _legs(world, again, "shakyo-sogo") == [("csw", "offered", True, None)]


async def test_only_the_agency_itself_and_the_coordinator_pause_it(world: World) -> None:
    path = "/referral/api/agencies/csw/pause"
    body = {"substitute": "houkatsu", "reason": "研修のため"}
    assert (await world.call("POST", path, "hoiku", body)).status_code == 403
    assert (await world.call("POST", path, "counter:csw", body)).status_code == 403
    await _pause(world, "csw", f"counter:{_KYOSEI}")
    assert (await world.call("POST", path, "csw", body)).json()["code"] == "already-paused"
    seen = await world.get("/referral/api/agencies/pauses", _KYOSEI)
    assert [(one["agency"], one["substitute"]) for one in seen] == [("csw", "houkatsu")]
    assert await world.get("/referral/api/agencies/pauses", "hoiku") == []


async def test_a_circle_of_substitutes_is_refused(world: World) -> None:
    await _pause(world, "csw")
    path = "/referral/api/agencies/houkatsu/pause"
    body = {"substitute": "csw", "reason": "研修のため"}
    answer = await world.call("POST", path, "houkatsu", body)
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["errors"]] == ["substitute-paused"]
    await _pause(world, "houkatsu", substitute="hoiku")
    case = await _open(world, "shakyo-sogo", "csw")
    assert await _legs(world, case, "shakyo-sogo") == [("hoiku", "offered", True, "csw")]
