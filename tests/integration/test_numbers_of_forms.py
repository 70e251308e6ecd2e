"""A form sends text: its numbers are read where it is taken, and only numbers are."""

from urllib.parse import urlencode

import pytest

from tests.world import World

pytestmark = pytest.mark.anyio

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_REPORTED = "/intake/figures/new"


async def _sent(world: World, **fields: str) -> tuple[int, str]:
    content = urlencode({"as_of": "2026-05-20"} | fields)
    answer = await world.call("POST", _REPORTED, "manager", headers=_FORM, content=content)
    return answer.status_code, answer.text


async def test_what_is_typed_as_a_number_is_counted_as_one(world: World) -> None:
    assert (await _sent(world, indicator="volunteer-hosts", value="40"))[0] == 303
    parts = {"numerator": " 8 ", "denominator": "10"}
    assert (await _sent(world, indicator="training-satisfaction", **parts))[0] == 303
    await world.settle()
    rows = await world.get("/metrics/api/indicators?fy=2026", "manager")
    values = {row["id"]: (row["value"], row["numerator"]) for row in rows}
    assert values["volunteer-hosts"] == (40, None)
    assert values["training-satisfaction"] == (80, 8)


@pytest.mark.parametrize("typed", ["四十", "4 0", "NaN", "Infinity", "40か所", "0x28"])
async def test_what_is_no_number_is_refused_and_kept(quiet_world: World, typed: str) -> None:
    status, page = await _sent(quiet_world, indicator="volunteer-hosts", value=typed)
    assert (status, typed in page) == (422, True)
