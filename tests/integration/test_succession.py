"""April 人事異動: what an agency had when it ended is its successor's, and nothing is lost."""

import random
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from shared.database import AS_SERVICE
from tests.conftest import PLAN_FOLDER
from tests.world import World, consultation, refer, running_world

pytestmark = pytest.mark.anyio

_OLD, _NEW = "csw", "houkatsu"
_LEFT = """
    SELECT count(*) FROM support_case c LEFT JOIN leg l ON l.case_id = c.id
    WHERE (c.state = 'open' AND (c.holder = 'csw' OR c.desk = 'csw'))
    OR (l.state IN ('offered', 'accepted', 'supporting') AND 'csw' IN (l.sender, l.receiver))
"""
_BROKEN = """
    SELECT count(*) FROM support_case c WHERE c.state = 'open' AND (
        NOT EXISTS (SELECT 1 FROM clock WHERE clock.case_id = c.id)
        OR 1 < (SELECT count(*) FROM leg WHERE leg.case_id = c.id AND leg.lead
            AND leg.continues IS NULL AND leg.state IN ('offered', 'accepted', 'supporting')))
"""
_MOVED = """
    SELECT leg_id IS NOT NULL, count(*) FROM history WHERE action = 'succeeded' GROUP BY 1
"""
_CLOCKS = "SELECT case_id, leg_id, kind, since, due_at FROM clock ORDER BY 1, 2, 3"


def _rows(world: World, query: str) -> list[Any]:
    with psycopg.connect(world.settings.database_url("referral"), options=AS_SERVICE) as connection:
        return connection.execute(query).fetchall()


async def _open(world: World, desk: str, *to: str, **changes: Any) -> str:
    body = consultation(**refer(*to, **changes))
    recorded = await world.post("/intake/api/consultations", f"counter:{desk}", body)
    return str(recorded["case_id"])


async def _act(world: World, who: str, action: str, case: str, **body: Any) -> None:
    await world.settle()
    inbox = await world.get("/referral/api/inbox", who)
    [leg] = [one["id"] for one in inbox if one["case_id"] == case]
    await world.post(f"/referral/api/referrals/{leg}/{action}", who, body)


async def _succeed(world: World, old: str = _OLD, to: str = _NEW) -> Any:
    body = {"to": to, "reason": "4月の組織改正"}
    return await world.post(f"/referral/api/agencies/{old}/succession", "admin", body)


async def test_legs_and_cases_go_over_and_terms_run_on(world: World) -> None:
    waiting = await _open(world, "shakyo-sogo", _OLD)
    working = await _open(world, "shakyo-sogo", _OLD)
    asked = await _open(world, _OLD, "hoiku")
    idle = await _open(world, "shakyo-sogo", _OLD)
    await _act(world, _OLD, "accept", working)
    await _act(world, _OLD, "accept", idle)
    await _act(world, _OLD, "close", idle, outcome="resolved", ended_by="person")
    before = _rows(world, _CLOCKS)

    # The worker brings cases over as well, so whoever asked may have brought fewer.
    assert (await _succeed(world))["left"] == 0
    assert sorted(_rows(world, _MOVED)) == [(False, 3), (True, 3)]
    assert _rows(world, _CLOCKS) == before
    assert _rows(world, _LEFT) == [(0,)]
    inbox = await world.get("/referral/api/inbox", _NEW)
    assert {leg["case_id"]: leg["state"] for leg in inbox} == {
        waiting: "offered",
        working: "accepted",
    }
    for case in (working, asked, idle):
        assert (await world.get(f"/referral/api/cases/{case}", _NEW))["holder"] == _NEW
    closed = (await world.get(f"/referral/api/cases/{idle}", _NEW))["legs"][0]
    assert (closed["to"], closed["state"]) == (_OLD, "closed")
    shown = await world.get(f"/referral/api/cases/{asked}", _NEW)
    assert shown["legs"][0]["from"] == _NEW
    assert shown["code"] is not None
    assert [act["action"] for act in shown["history"]][-2:] == ["succeeded", "succeeded"]
    assert (await world.call("GET", f"/referral/api/cases/{working}", _OLD)).status_code == 404
    await _act(world, _NEW, "accept", waiting)
    await world.settle()


async def test_the_counter_sees_the_successor_and_figures_follow(world: World) -> None:
    body = consultation(**refer(_OLD))
    recorded = await world.post("/intake/api/consultations", "counter:shakyo-sogo", body)
    accepted = await _open(world, "shakyo-sogo", _OLD)
    await _act(world, _OLD, "accept", accepted)
    await _succeed(world)
    await _act(world, _NEW, "accept", recorded["case_id"])
    await world.settle()
    path = f"/intake/api/consultations/{recorded['id']}"
    [leg] = (await world.get(path, "counter:shakyo-sogo"))["referrals"]
    assert (leg["to"], leg["state"]) == (_NEW, "accepted")
    rows = await world.get("/metrics/api/indicators?fy=2026", "manager")
    values = {row["id"]: row["value"] for row in rows}
    assert values["csw-consultations"] == 1


async def test_nothing_new_reaches_a_former_agency(world: World) -> None:
    await _succeed(world)
    by_event = await _open(world, "shakyo-sogo", _OLD)
    await world.settle()
    [leg] = (await world.get(f"/referral/api/cases/{by_event}", "shakyo-sogo"))["legs"]
    assert (leg["to"], leg["instead_of"]) == (_NEW, _OLD)
    answer = await world.call(
        "POST",
        f"/referral/api/cases/{by_event}/referrals",
        "shakyo-sogo",
        refer(_OLD)["refer"],
    )
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert (fault["loc"], fault["code"]) == (["to", 0], "agency-not-valid")
    assert "引き継いだ「地域包括支援センター」" in fault["detail"]
    named = await world.get("/referral/api/suggestions?topics=isolation,neighbourhood", "hoiku")
    assert _OLD not in {one["agency"] for one in named}


async def test_a_case_that_opens_again_is_not_left_behind(world: World) -> None:
    case = await _open(world, "shakyo-sogo", _OLD)
    await _act(world, _OLD, "accept", case)
    await _act(world, _OLD, "close", case, outcome="resolved", ended_by="person")
    await world.post(
        f"/referral/api/cases/{case}/close",
        _OLD,
        {"end": "completed", "outcome": "resolved", "ended_by": "person"},
    )
    await _succeed(world)
    shown = await world.get(f"/referral/api/cases/{case}", "chiiki-kyosei")
    assert (shown["holder"], shown["state"]) == (_OLD, "completed")
    leg = shown["legs"][0]["id"]
    path = f"/referral/api/referrals/{leg}/reopen"
    again = await world.post(path, "chiiki-kyosei", {"reason": "もう一度"})
    assert (again["to"], again["instead_of"], again["state"]) == (_NEW, _OLD, "offered")
    shown = await world.get(f"/referral/api/cases/{case}", _NEW)
    assert (shown["holder"], shown["state"]) == (_NEW, "open")
    await _act(world, _NEW, "accept", case)


async def test_it_goes_on_where_it_stopped_and_may_be_sent_again(quiet_world: World) -> None:
    assert (await _succeed(quiet_world))["left"] == 0
    assert (await _succeed(quiet_world))["cases"] == 0
    body = {"to": "hoiku", "reason": "ちがう機関"}
    path = f"/referral/api/agencies/{_OLD}/succession"
    answer = await quiet_world.call("POST", path, "admin", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "already-succeeded")
    chain = await _succeed(quiet_world, _NEW, "hoiku")
    assert chain["successor"] == "hoiku"
    assert (await quiet_world.get(path, "admin"))["successor"] == "hoiku"


@pytest.mark.parametrize(
    ("old", "to", "field", "code"),
    [
        ("csw", "csw", "to", "own-desk"),
        ("csw", "nobody", "to", "unknown-agency"),
        ("nobody", "csw", "agency", "unknown-agency"),
        ("chiiki-kyosei", "csw", "agency", "is-coordinator"),
    ],
)
async def test_who_cannot_follow_is_refused(
    quiet_world: World, old: str, to: str, field: str, code: str
) -> None:
    body = {"to": to, "reason": "4月の組織改正"}
    path = f"/referral/api/agencies/{old}/succession"
    answer = await quiet_world.call("POST", path, "admin", body)
    assert answer.status_code == 422
    assert [(one["loc"], one["code"]) for one in answer.json()["errors"]] == [([field], code)]
    assert (await quiet_world.call("POST", path, "csw", body)).status_code == 403


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_the_cases_nothing_is_left(world: World, seed: int) -> None:
    chance = random.Random(seed)
    desks = (_OLD, _NEW, "hoiku", "shakyo-sogo", "chiiki-kyosei")
    cases = []
    for _ in range(8):
        desk = chance.choice(desks)
        others = [name for name in desks if name != desk]
        to = chance.sample(others, chance.randint(1, 3))
        cases.append(await _open(world, desk, *to, lead=chance.choice([to[0], None])))
    await world.settle()
    for who in desks:
        for leg in await world.get("/referral/api/inbox", who):
            for action in chance.choice([(), ("accept",), ("return",), ("accept", "hand-on")]):
                body: dict[str, Any] = {}
                if action == "return":
                    body = {"reason": "not-ours"}
                if action == "hand-on":
                    options = [name for name in desks if name != who]
                    body = refer()["refer"] | {"to": chance.choice(options)}
                path = f"/referral/api/referrals/{leg['id']}/{action}"
                await world.call("POST", path, who, body)
    while (await _succeed(world))["left"]:
        pass
    await world.settle()
    assert _rows(world, _LEFT) == [(0,)]
    assert _rows(world, _BROKEN) == [(0,)]
    for leg in await world.get("/referral/api/inbox", _NEW):
        if leg["state"] == "offered":
            await world.post(f"/referral/api/referrals/{leg['id']}/accept", _NEW, {})
    assert _rows(world, _BROKEN) == [(0,)]


@pytest.fixture
async def ending_world(environment: dict[str, str], tmp_path: Path) -> AsyncIterator[World]:
    """A city whose CSW ended in March 2026, and whose 保育課 begins in 2099."""
    folder = tmp_path / "plan"
    shutil.copytree(PLAN_FOLDER, folder)
    path = folder / "agencies.csv"
    text = path.read_text(encoding="utf-8")
    text = text.replace("2025-07-01,,", "2025-07-01,2026-03-31,")
    text = text.replace("hoiku,保育課,city,,yes,,", "hoiku,保育課,city,,yes,2099-04-01,")
    path.write_text(text, encoding="utf-8")
    async with running_world({**environment, "TSUNAGI_PLAN": str(folder)}) as world:
        yield world


@pytest.mark.parametrize(("agency", "words"), [("csw", "なくなりました"), ("hoiku", "2099年")])
async def test_an_agency_takes_offers_in_its_days_alone(
    ending_world: World, agency: str, words: str
) -> None:
    body = consultation(**refer(agency))
    answer = await ending_world.call(
        "POST", "/intake/api/consultations", "counter:shakyo-sogo", body
    )
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert (fault["loc"], fault["code"]) == (["refer", "to", 0], "agency-not-valid")
    case = await _open(ending_world, "shakyo-sogo", "houkatsu")
    await ending_world.settle()
    path = f"/referral/api/cases/{case}/referrals"
    answer = await ending_world.call("POST", path, "shakyo-sogo", refer(agency)["refer"])
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault["code"] == "agency-not-valid"
    assert words in fault["detail"]


async def test_an_act_typed_in_later_counts_on_its_own_day(ending_world: World) -> None:
    received = "2026-03-30T10:00:00+09:00"
    body = consultation(received_at=received, **refer("csw", at="2026-03-31T10:00:00+09:00"))
    await ending_world.post("/intake/api/consultations", "counter:shakyo-sogo", body)
