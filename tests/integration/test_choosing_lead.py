"""Which of several agencies leads: chosen on the form, left to the list, or none of them."""

from typing import Any

import pytest

from tests.integration.counter_form import record, send, typed
from tests.world import World

pytestmark = pytest.mark.anyio

_DESK = "counter:shakyo-sogo"


async def _legs(world: World, fields: dict[str, Any]) -> tuple[str, dict[str, bool]]:
    """The address of the case that the form opened, and who of its legs leads."""
    page = await record(world, _DESK, fields)
    await world.settle()
    path = f"/intake/api/consultations/{page.split('/')[-1].split('?')[0]}"
    case = (await world.get(path, _DESK))["case_id"]
    return f"/referral/cases/{case}", await _leads(world, case)


async def _leads(world: World, case: str) -> dict[str, bool]:
    shown = await world.get(f"/referral/api/cases/{case}", "shakyo-sogo")
    return {leg["to"]: leg["lead"] for leg in shown["legs"]}


@pytest.mark.parametrize(
    ("lead", "leading"), [("", "csw"), ("houkatsu", "houkatsu"), ("none", None)]
)
async def test_the_desk_says_who_leads(world: World, lead: str, leading: str | None) -> None:
    fields = typed("csw", "houkatsu", lead=lead, override="ご本人の希望")
    _, legs = await _legs(world, fields)
    assert legs == {agency: agency == leading for agency in ("csw", "houkatsu")}


async def test_who_is_not_asked_cannot_lead(quiet_world: World) -> None:
    answer = await send(quiet_world, _DESK, typed("csw", lead="houkatsu"))
    assert answer.status_code == 422
    assert "主担当はつなぎ先の中から選んでください。" in answer.text
    assert 'value="houkatsu" selected' in answer.text


async def test_on_the_case_page_only_while_nobody_leads(world: World) -> None:
    page, _ = await _legs(world, typed("csw", lead="none"))
    asked = "主担当</label>"
    assert asked in (await world.call("GET", page, "shakyo-sogo")).text
    offer = {
        "to": ["houkatsu", "hoiku"],
        "lead": "hoiku",
        "reason": "ほかの支援も要る",
        "basis": "consent",
        "mode": "phone",
        "override": "ご本人の希望",
    }
    headers = {"Authorization": f"Bearer {await world.token('shakyo-sogo')}"}
    done = await world.client.post(f"{page}/referrals", data=offer, headers=headers)
    assert done.status_code == 303, done.text
    legs = await _leads(world, page.rpartition("/")[2])
    assert legs == {"csw": False, "houkatsu": False, "hoiku": True}
    now = (await world.call("GET", page, "shakyo-sogo")).text
    assert asked not in now
    assert "主担当のつなぎがあるので、協力としてつなぎます。" in now
