"""Once consent is withdrawn or has run out, no page, filter or count tells what it had shown."""

from typing import Any

import psycopg
import pytest

from shared.database import AS_SERVICE
from shared.plan import Plan
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
from tests.integration.meetings import (
    plan as draft,
)
from tests.world import World

pytestmark = pytest.mark.anyio

_HIDDEN = "内容は見られません（同意なし）"
_TOPICS = {"topics": ["debt", "isolation"], "main_topic": "debt", "urgency": "emergency"}
_ENDS = ("withdrawn", "expired")


def _change(world: World, query: str, *values: object) -> None:
    with psycopg.connect(world.settings.database_url("referral"), options=AS_SERVICE) as connection:
        connection.execute(query, values)  # type: ignore[arg-type]


def _overdue(world: World, leg: str) -> None:
    _change(world, "UPDATE leg SET due_at = now() - interval '1 minute' WHERE id = %s", leg)


async def _legs(world: World, case: str) -> dict[str, str]:
    return {leg["to"]: leg["id"] for leg in (await case_of(world, case))["legs"]}


async def _end(world: World, leg: str, how: str) -> None:
    """Take the consent of a leg away: by the person, or by the days that went by."""
    if how == "withdrawn":
        await act(world, leg, DESK, "consent-withdrawn")
    else:
        _change(world, "UPDATE leg SET consent_until = '2026-05-21' WHERE id = %s", leg)


async def _held(world: World, *to: str, **changes: Any) -> tuple[str, dict[str, str]]:
    """A case that LEAD accepted, with the legs to it and to others."""
    case = await open_case(world, LEAD, *to, **_TOPICS | changes)
    legs = await _legs(world, case)
    await act(world, legs[LEAD], LEAD, "accept")
    return case, legs


async def _page(world: World, path: str, who: str) -> str:
    answer = await world.call("GET", path, who)
    assert answer.status_code == 200, answer.text
    return answer.text


def _new(case: str, kind: str = "support-conference") -> str:
    agenda = f"kind={kind}&held_on={today()}&agencies={SIDE}&cases={case}"
    return f"/referral/conferences/new?step=decisions&{agenda}"


@pytest.mark.parametrize("how", _ENDS)
async def test_a_filter_of_the_inbox_tells_nothing(world: World, how: str) -> None:
    accepted, legs = await _held(world)
    waiting = await open_case(world, LEAD, **_TOPICS)
    questions = ("topic=debt", "urgency=emergency", "topic=debt&urgency=emergency")
    for question in questions:
        page = await _page(world, f"/referral/inbox?{question}", LEAD)
        assert (accepted in page, waiting in page) == (True, True), question
    for leg in (legs[LEAD], (await _legs(world, waiting))[LEAD]):
        await _end(world, leg, how)
    for question in questions:
        page = await _page(world, f"/referral/inbox?{question}", LEAD)
        assert (accepted in page, waiting in page) == (False, False), question
    page = await _page(world, "/referral/inbox", LEAD)
    assert (accepted in page, waiting in page) == (True, True)
    assert "緊急で返事待ち <strong>0件" in page


@pytest.mark.parametrize("how", _ENDS)
async def test_that_others_are_late_is_told_no_more(world: World, how: str) -> None:
    case, legs = await _held(world, SIDE)
    _overdue(world, legs[SIDE])
    late = "/referral/cases?late=1"
    assert case in await _page(world, late, LEAD)
    assert (await case_of(world, case, LEAD))["overdue"] is True
    await _end(world, legs[LEAD], how)
    _overdue(world, legs[SIDE])
    assert case not in await _page(world, late, LEAD)
    assert (await case_of(world, case, LEAD))["overdue"] is False
    assert case in await _page(world, late, DESK)
    assert case in await _page(world, late, COORDINATOR)
    _overdue(world, legs[LEAD])
    assert case in await _page(world, late, LEAD)


@pytest.mark.parametrize("how", _ENDS)
async def test_the_board_shows_what_the_coordinators_own_leg_does(
    world: World, plan: Plan, how: str
) -> None:
    case = await open_case(world, LEAD, COORDINATOR, **_TOPICS)
    label = plan.topics["debt"].label
    assert label in await _page(world, "/referral/board", COORDINATOR)
    await _end(world, (await _legs(world, case))[COORDINATOR], how)
    page = await _page(world, "/referral/board", COORDINATOR)
    assert case in page
    assert _HIDDEN in page
    assert label not in page
    assert "緊急" not in page


@pytest.mark.parametrize("how", _ENDS)
async def test_conferences_show_no_topic_to_a_holder_without_consent(
    world: World, plan: Plan, how: str
) -> None:
    case, legs = await _held(world)
    label = plan.topics["debt"].label
    for path in ("/referral/conferences/new", _new(case)):
        assert label in await _page(world, path, LEAD)
    await _end(world, legs[LEAD], how)
    held = await met(world, LEAD, [case], agencies=[SIDE])
    pages = ("/new", "", f"/{held['id']}")
    for path in (_new(case), *(f"/referral/conferences{page}" for page in pages)):
        page = await _page(world, path, LEAD)
        assert _HIDDEN in page, path
        assert label not in page, path
    assert label in await _page(world, f"/referral/conferences/{held['id']}", SIDE)


async def test_a_decision_page_shows_no_plan_to_a_holder_without_consent(world: World) -> None:
    case, legs = await _held(world, SIDE)
    await world.post(f"/referral/api/cases/{case}/plan", LEAD, draft(LEAD))
    path = _new(case, "integrated-conference")
    assert "家計の見通しを立てる" in await _page(world, path, LEAD)
    await _end(world, legs[LEAD], "withdrawn")
    assert "家計の見通しを立てる" not in await _page(world, path, LEAD)


async def test_what_was_decided_without_it_is_not_in_a_receivers_own_record(world: World) -> None:
    case, legs = await _held(world, SIDE)
    await met(world, LEAD, [case], agencies=[STRANGER])
    assert len((await case_of(world, case, SIDE))["conferences"]) == 1
    await _end(world, legs[SIDE], "withdrawn")
    assert (await case_of(world, case, SIDE))["conferences"] == []


@pytest.mark.parametrize("how", _ENDS)
async def test_a_conference_that_rests_on_consent_ends_with_it(
    world: World, plan: Plan, how: str
) -> None:
    case, legs = await _held(world)
    integrated = {"kind": "integrated-conference", "agencies": [STRANGER]}
    held = await met(world, LEAD, [case], **integrated)
    label = plan.topics["debt"].label
    sheet = f"/referral/conferences/{held['id']}"
    assert label in await _page(world, sheet, STRANGER)
    await _end(world, legs[LEAD], how)
    assert label not in await _page(world, sheet, STRANGER)
    refused = await meet(world, LEAD, [case], **integrated)
    assert (refused.status_code, refused.json()["code"]) == (409, "no-consent")
    assert "同意の記録なし" in await _page(world, "/referral/conferences/new", LEAD)
