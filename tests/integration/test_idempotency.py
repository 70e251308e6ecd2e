"""The same key and body is done once and answered the same; another body is refused."""

import asyncio

import pytest

from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_PATH = "/intake/api/consultations"
_KEY = {"Idempotency-Key": "a-key"}
_DESK = "counter:shakyo-sogo"


async def _listed(world: World) -> int:
    return len(await world.get(_PATH, _DESK))


async def test_a_repeated_call_is_done_once_and_answered_the_same(world: World) -> None:
    first = await world.call("POST", _PATH, _DESK, consultation(), headers=_KEY)
    second = await world.call("POST", _PATH, _DESK, consultation(), headers=_KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert await _listed(world) == 1


async def test_many_at_once_are_done_once(quiet_world: World) -> None:
    await quiet_world.token(_DESK)
    answers = await asyncio.gather(
        *(quiet_world.call("POST", _PATH, _DESK, consultation(), headers=_KEY) for _ in range(8))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await _listed(quiet_world) == 1


async def test_the_same_key_with_another_body_is_refused(quiet_world: World) -> None:
    await quiet_world.call("POST", _PATH, _DESK, consultation(), headers=_KEY)
    other = consultation(caller="family")
    answer = await quiet_world.call("POST", _PATH, _DESK, other, headers=_KEY)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-key-reused")
    assert await _listed(quiet_world) == 1


async def test_a_refused_call_frees_its_key(quiet_world: World) -> None:
    wrong = consultation(caller="nobody")
    refused = await quiet_world.call("POST", _PATH, _DESK, wrong, headers=_KEY)
    assert refused.status_code == 422
    answer = await quiet_world.call("POST", _PATH, _DESK, consultation(), headers=_KEY)
    assert answer.status_code == 201


async def test_keys_of_other_callers_are_others(quiet_world: World) -> None:
    for who in (_DESK, "counter:csw"):
        answer = await quiet_world.call("POST", _PATH, who, consultation(), headers=_KEY)
        assert answer.status_code == 201
    assert await _listed(quiet_world) == 1


async def test_the_same_key_at_another_address_is_refused(world: World) -> None:
    cases = []
    for _ in range(2):
        body = consultation(**refer("csw"))
        recorded = await world.post(_PATH, _DESK, body)
        cases.append(recorded["case_id"])
    await world.settle()
    request = refer("houkatsu")["refer"]
    answers = [
        await world.call(
            "POST", f"/referral/api/cases/{case}/referrals", _DESK, request, headers=_KEY
        )
        for case in cases
    ]
    assert [answer.status_code for answer in answers] == [201, 409]


async def test_a_key_that_is_too_long_is_refused(quiet_world: World) -> None:
    headers = {"Idempotency-Key": "k" * 201}
    answer = await quiet_world.call("POST", _PATH, _DESK, consultation(), headers=headers)
    assert answer.status_code == 422
