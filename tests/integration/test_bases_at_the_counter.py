"""A basis that the law does not offer yet is on no form, and no machine may name it."""

from typing import Any

import pytest

from tests.integration.counter_form import FORM, send, typed
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_DESK = "counter:shakyo-sogo"
_PATH, _FIGURES = "/intake/api/consultations", "/intake/api/figures"
_BASIS = "integrated-support-conference"
_STATE = {"indicator": "integrated-support-system", "as_of": "2026-05-01", "state": "整備"}


async def _is_offered(world: World) -> bool:
    """Whether the basis can be used now, which form, page and machine must agree on."""
    on_form = f'value="{_BASIS}"' in (await world.call("GET", FORM, _DESK)).text
    recorded = await world.call("POST", _PATH, _DESK, consultation(**refer("csw", basis=_BASIS)))
    kept = await world.post(_PATH, _DESK, consultation())
    correction = {"reason": "つなぐ", **refer("csw", basis=_BASIS)}
    corrected = await world.call("POST", f"{_PATH}/{kept['id']}/corrections", _DESK, correction)
    for answer in (recorded, corrected):
        if not answer.is_success:
            assert (answer.status_code, answer.json()["code"]) == (422, "basis-not-offered")
            assert answer.json()["errors"][0]["loc"] == ["refer", "basis"]
    assert on_form is recorded.is_success is corrected.is_success
    page = await send(world, _DESK, typed("csw", basis=_BASIS))
    assert (page.status_code == 303) is on_form
    return on_form


async def _report(world: World, **changes: Any) -> str:
    made = await world.post(_FIGURES, "manager", _STATE | changes)
    return f"{_FIGURES}/{made['id']}"


async def test_it_is_offered_from_the_state_on_and_as_long_as_it_stands(
    quiet_world: World,
) -> None:
    assert not await _is_offered(quiet_world)
    await _report(quiet_world, as_of="2026-04-01", state="検討")
    assert not await _is_offered(quiet_world)
    figure = await _report(quiet_world)
    assert await _is_offered(quiet_world)
    back = {"state": "検討", "reason": "誤り"}
    await quiet_world.post(f"{figure}/corrections", "manager", back)
    assert not await _is_offered(quiet_world)
    again = {"state": "整備", "reason": "確認した"}
    await quiet_world.post(f"{figure}/corrections", "manager", again)
    assert await _is_offered(quiet_world)
    await quiet_world.post(f"{figure}/cancellation", "manager", {"reason": "取下げ"})
    assert not await _is_offered(quiet_world)


async def test_the_last_day_counts_and_not_the_last_report(quiet_world: World) -> None:
    await _report(quiet_world, as_of="2026-05-02", state="検討")
    await _report(quiet_world, as_of="2026-05-01")
    assert not await _is_offered(quiet_world)


async def test_a_refused_correction_stores_nothing(quiet_world: World) -> None:
    kept = await quiet_world.post(_PATH, _DESK, consultation())
    body = {"reason": "つなぐ", **refer("csw", basis=_BASIS)}
    await quiet_world.call("POST", f"{_PATH}/{kept['id']}/corrections", _DESK, body)
    shown = await quiet_world.get(f"{_PATH}/{kept['id']}", _DESK)
    assert (shown["revision"], shown["case_id"]) == (1, None)
