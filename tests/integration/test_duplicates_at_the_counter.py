"""A likely duplicate is told to the desk that wrote both, and what is not its own stays hidden."""

from typing import Any

import pytest

from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_DESK, _OTHER = "counter:shakyo-sogo", "counter:hoiku"
_PATH = "/intake/api/consultations"
_WORDS = "条件の近い相談があります"
_DV = {"topics": ["dv"], "main_topic": "dv"}


async def _record(world: World, desk: str = _DESK, **changes: Any) -> Any:
    return await world.post(_PATH, desk, consultation(**(refer("csw") | changes)))


async def _told(world: World, recorded: Any, desk: str = _DESK) -> bool:
    """Whether the answer warns, which the page after it must say alike."""
    page = await world.call("GET", f"/intake/consultations/{recorded['id']}?new=1", desk)
    later = await world.call("GET", f"/intake/consultations/{recorded['id']}", desk)
    assert (_WORDS in page.text) is bool(recorded["warnings"])
    assert _WORDS not in later.text
    return bool(recorded["warnings"])


async def test_the_second_of_two_alike_says_when_and_that_it_goes_on(quiet_world: World) -> None:
    first = await _record(quiet_world)
    assert first["warnings"] == []
    heard = {"response": "listening", "refer": None}
    second = await _record(quiet_world, received_at="2026-06-19T10:00:00+09:00", **heard)
    assert second["warnings"] == [
        {
            "code": "likely-duplicate",
            "detail": "2026年5月20日（水）10:00に、条件の近い相談をこの窓口で受け付けています。"
            "まだ続いています。",
        }
    ]
    assert await _told(quiet_world, second)
    page = await quiet_world.call("GET", f"/intake/consultations/{second['id']}?new=1", _DESK)
    assert f'href="/intake/consultations/{first["id"]}"' in page.text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"received_at": "2026-06-20T10:00:00+09:00"}),
        ({}, {"sex": "male"}),
        ({}, {"age_band": "50s"}),
        ({}, {"household": "couple"}),
        ({}, {"district": "west"}),
        ({"district": "unknown"}, {"district": "unknown"}),
        ({"response": "listening", "refer": None}, {}),
        (_DV, _DV),
        ({"topics": ["isolation", "dv"]}, {}),
        ({}, {"topics": ["isolation", "dv"]}),
    ],
)
async def test_others_are_not_alike(
    quiet_world: World, first: dict[str, Any], second: dict[str, Any]
) -> None:
    await _record(quiet_world, **first)
    assert not await _told(quiet_world, await _record(quiet_world, **second))


async def test_no_other_desk_is_told_and_none_is_told_of(quiet_world: World) -> None:
    await _record(quiet_world)
    assert not await _told(quiet_world, await _record(quiet_world, _OTHER), _OTHER)


async def test_a_return_by_code_and_a_cancelled_one_warn_nobody(quiet_world: World) -> None:
    first = await _record(quiet_world)
    heard = {"response": "listening", "refer": None}
    again = await _record(quiet_world, case_code=first["code"], **heard)
    assert not await _told(quiet_world, again)
    for one in (first, again):
        path = f"{_PATH}/{one['id']}/cancellation"
        await quiet_world.post(path, _DESK, {"reason": "誤り"})
    assert not await _told(quiet_world, await _record(quiet_world))


async def test_a_case_that_turns_out_to_be_about_violence_is_told_of_no_more(
    quiet_world: World,
) -> None:
    first = await _record(quiet_world)
    joined = {"response": "listening", "refer": None, "case_code": first["code"]} | _DV
    await _record(quiet_world, _OTHER, **joined)
    assert not await _told(quiet_world, await _record(quiet_world))


async def test_a_case_that_has_ended_is_told_of_no_more(world: World) -> None:
    first = await _record(world)
    await world.settle()
    case = await world.get(f"/referral/api/cases/{first['case_id']}", "csw")
    leg = f"/referral/api/referrals/{case['legs'][0]['id']}"
    await world.post(f"{leg}/accept", "csw", {})
    await world.settle()
    assert await _told(world, await _record(world, response="listening", refer=None))
    await world.post(f"{leg}/close", "csw", {"outcome": "resolved", "ended_by": "person"})
    await world.settle()
    assert not await _told(world, await _record(world, response="listening", refer=None))


@pytest.mark.parametrize(("sends_on", "told"), [(True, True), (False, False)])
async def test_of_a_joined_case_only_an_own_leg_tells_that_it_goes_on(
    world: World, sends_on: bool, told: bool
) -> None:
    first = await _record(world)
    await world.settle()
    joined = {"case_code": first["code"]}
    joined |= refer("houkatsu") if sends_on else {"response": "listening", "refer": None}
    await _record(world, _OTHER, **joined)
    await world.settle()
    assert await _told(world, await _record(world, _OTHER), _OTHER) is told


@pytest.mark.parametrize("facts", [{}, _DV])
async def test_a_code_makes_nobody_a_party_to_a_case(world: World, facts: dict[str, Any]) -> None:
    first = await _record(world, **facts)
    heard = {"response": "listening", "refer": None, "case_code": first["code"]} | facts
    joined = await _record(world, _OTHER, **heard)
    await world.settle()
    seen = await world.get(f"{_PATH}/{joined['id']}", _OTHER)
    assert (seen["case_id"], seen["referrals"], seen["code"]) == (first["case_id"], [], None)
    page = (await world.call("GET", f"/intake/consultations/{joined['id']}", _OTHER)).text
    assert "社協 CSW" not in page
    assert "/referral/cases/" not in page
    own = await world.get(f"{_PATH}/{first['id']}", _DESK)
    assert [leg["to"] for leg in own["referrals"]] == ["csw"]


@pytest.mark.parametrize("facts", [{}, _DV])
async def test_who_sent_a_joined_case_on_sees_that_leg_and_the_opener_all(
    world: World, facts: dict[str, Any]
) -> None:
    first = await _record(world, **facts)
    await world.settle()
    more = refer("houkatsu") | {"case_code": first["code"]} | facts
    joined = await _record(world, _OTHER, **more)
    await world.settle()
    seen = await world.get(f"{_PATH}/{joined['id']}", _OTHER)
    assert [(leg["from"], leg["to"]) for leg in seen["referrals"]] == [("hoiku", "houkatsu")]
    page = (await world.call("GET", f"/intake/consultations/{joined['id']}", _OTHER)).text
    assert "社協 CSW" not in page
    assert f"/referral/cases/{first['case_id']}" in page
    own = await world.get(f"{_PATH}/{first['id']}", _DESK)
    assert {leg["to"] for leg in own["referrals"]} == {"csw", "houkatsu"}
