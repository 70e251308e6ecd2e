"""A support plan is drafted, adopted and scored by who leads the case, and read by who works."""

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
    in_days,
    open_case,
    plan,
)
from tests.world import World

pytestmark = pytest.mark.anyio


async def _plan(world: World, case: str, who: str, body: Any = None, step: str = "") -> Any:
    path = f"/referral/api/cases/{case}/plan{step}"
    return await world.call("POST", path, who, plan(DESK) if body is None else body)


async def test_a_draft_is_adopted_and_scored(world: World) -> None:
    case = await open_case(world, LEAD)
    drafted = await _plan(world, case, DESK, plan(DESK, LEAD))
    assert (drafted.status_code, drafted.json()["state"]) == (201, "draft")
    adopted = await _plan(world, case, DESK, {}, "/adopt")
    assert (adopted.json()["version"], adopted.json()["state"]) == (1, "adopted")
    scores = [{"goal": 1, "score": "achieved"}, {"goal": 2, "score": "not-achieved"}]
    review = {"scores": scores, "next_review": in_days(30)}
    reviewed = (await _plan(world, case, DESK, review, "/review")).json()
    assert [goal["score"] for goal in reviewed["goals"]] == ["achieved", "not-achieved"]
    shown = (await case_of(world, case))["plan"]
    assert (shown["review_on"], shown["goals"][0]["roles"][1]["agency"]) == (in_days(30), LEAD)
    acts = [one["action"] for one in (await case_of(world, case))["history"]]
    assert acts[-3:] == ["draft-plan", "adopt-plan", "review-plan"]


async def test_a_new_version_waits_beside_the_plan_until_it_takes_its_place(world: World) -> None:
    case = await open_case(world, LEAD)
    for _ in range(2):
        await _plan(world, case, DESK)
    shown = (await case_of(world, case))["plan"]
    assert (shown["version"], shown["state"], shown["draft"]) == (2, "draft", None)
    await _plan(world, case, DESK, {}, "/adopt")
    await _plan(world, case, DESK)
    shown = (await case_of(world, case))["plan"]
    assert (shown["version"], shown["state"], shown["draft"]["version"]) == (2, "adopted", 3)
    await _plan(world, case, DESK, {}, "/adopt")
    shown = (await case_of(world, case))["plan"]
    assert (shown["version"], shown["draft"]) == (3, None)


async def test_only_holder_and_coordinator_write(world: World) -> None:
    case = await open_case(world, LEAD, SIDE)
    for step in ("", "/adopt", "/review"):
        body = {"": plan(DESK), "/adopt": {}, "/review": {"scores": [{"goal": 1, "score": "x"}]}}
        assert (await _plan(world, case, SIDE, body[step], step)).status_code == 409
        assert (await _plan(world, case, STRANGER, body[step], step)).status_code == 404
        assert (await _plan(world, case, "admin", body[step], step)).status_code == 403
    assert (await _plan(world, case, COORDINATOR)).status_code == 201


async def test_what_is_not_there_yet_is_said(world: World) -> None:
    case = await open_case(world, LEAD)
    adopt = await _plan(world, case, DESK, {}, "/adopt")
    review = await _plan(world, case, DESK, {"scores": [{"goal": 1, "score": "partly"}]}, "/review")
    assert [(one.status_code, one.json()["code"]) for one in (adopt, review)] == [
        (409, "no-draft"),
        (409, "no-plan"),
    ]


async def test_what_cannot_be_taken_names_its_field(world: World) -> None:
    case = await open_case(world, LEAD)
    body = plan(DESK, STRANGER) | {"review_on": in_days(-1)}
    answer = await _plan(world, case, DESK, body)
    found = {tuple(fault["loc"]): fault["code"] for fault in answer.json()["errors"]}
    assert answer.status_code == 422
    assert found == {
        ("review_on",): "in-the-past",
        ("goals", 0, "roles", 1, "agency"): "not-at-work",
    }
    long = plan(DESK)
    long["goals"][0]["goal"] = "あ" * 201
    assert (await _plan(world, case, DESK, long)).status_code == 422


async def test_an_offer_does_not_show_the_plan_and_its_acceptance_does(world: World) -> None:
    case = await open_case(world, LEAD, SIDE)
    await _plan(world, case, DESK)
    assert (await case_of(world, case, SIDE))["plan"] is None
    leg = (await case_of(world, case))["legs"][1]["id"]
    await act(world, leg, SIDE, "accept")
    assert (await case_of(world, case, SIDE))["plan"]["version"] == 1


async def test_who_knows_topics_only_reads_no_plan(world: World) -> None:
    case = await open_case(world, SIDE, basis="anonymous", lead=None)
    await _plan(world, case, DESK)
    leg = (await case_of(world, case))["legs"][0]["id"]
    await act(world, leg, SIDE, "accept")
    assert (await case_of(world, case, SIDE))["plan"] is None


async def test_what_was_written_is_in_no_event_and_no_history(world: World) -> None:
    case = await open_case(world, LEAD)
    await _plan(world, case, DESK)
    await _plan(world, case, DESK, {}, "/adopt")
    engine = make_engine(world.settings.database_url("referral"), pool_size=1, options=AS_SERVICE)
    async with engine.connect() as connection:
        for table, column in (("outbox", "event"), ("history", "detail")):
            query = text(f"SELECT {column}::text FROM {table}")  # noqa: S608  two names above
            found = " ".join((await connection.execute(query)).scalars())
            assert "家計の見通し" not in found
            assert "月に一度" not in found
    await engine.dispose()
