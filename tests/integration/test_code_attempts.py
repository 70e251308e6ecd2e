"""Codes cannot be guessed: wrong ones are counted though nothing else of the try is stored."""

import asyncio
from typing import Any

import pytest

from shared.handover_code import new_code
from shared.web.code_attempts import MOST_WRONG
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_PATH = "/intake/api/consultations"


async def _joining(world: World, who: str, code: str) -> Any:
    return await world.call("POST", _PATH, who, consultation(case_code=code))


async def test_after_many_wrong_codes_even_a_right_one_waits_and_others_go_on(
    quiet_world: World,
) -> None:
    recorded = await quiet_world.post(_PATH, "chiiki-kyosei", consultation(**refer("csw")))
    for number in range(MOST_WRONG):
        code = "000-000-001" if number % 2 else new_code()
        assert (await _joining(quiet_world, "houkatsu", code)).status_code == 422
    held = await _joining(quiet_world, "houkatsu", recorded["code"])
    assert (held.status_code, held.json()["code"]) == (429, "too-many-codes")
    assert 0 < int(held.headers["retry-after"]) <= 601
    searched = await quiet_world.call("GET", "/intake/consultations?code=000-000-000", "houkatsu")
    assert (searched.status_code, "retry-after" in searched.headers) == (429, True)
    assert (await _joining(quiet_world, "csw", recorded["code"])).status_code == 201
    plain = await quiet_world.call("POST", _PATH, "houkatsu", consultation())
    assert plain.status_code == 201


async def test_right_codes_are_never_counted(quiet_world: World) -> None:
    recorded = await quiet_world.post(_PATH, "chiiki-kyosei", consultation(**refer("csw")))
    for _ in range(MOST_WRONG + 2):
        assert (await _joining(quiet_world, "csw", recorded["code"])).status_code == 201


async def test_guesses_made_at_once_are_counted_one_by_one(quiet_world: World) -> None:
    await quiet_world.token("csw")
    tries = [_joining(quiet_world, "csw", new_code()) for _ in range(3 * MOST_WRONG)]
    codes = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert codes.count(422) == MOST_WRONG
    assert codes.count(429) == 2 * MOST_WRONG


async def test_confirming_is_held_back_too(world: World) -> None:
    recorded = await world.post(_PATH, "chiiki-kyosei", consultation(**refer("csw")))
    await world.settle()
    case = await world.get(f"/referral/api/cases/{recorded['case_id']}", "csw")
    base = f"/referral/api/referrals/{case['legs'][0]['id']}"
    await world.post(f"{base}/accept", "csw", {})
    for _ in range(MOST_WRONG):
        answer = await world.call("POST", f"{base}/confirm", "csw", {"code": new_code()})
        assert answer.status_code == 422
    answer = await world.call("POST", f"{base}/confirm", "csw", {"code": recorded["code"]})
    assert (answer.status_code, "retry-after" in answer.headers) == (429, True)
