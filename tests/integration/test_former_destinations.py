"""An agency that ended is nobody's choice any more; who stands in for it is named, with why."""

from collections.abc import AsyncIterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from deploy.access import account, token
from tests.integration.ended_city import ENDED, plan_without
from tests.integration.meetings import COORDINATOR, DESK, act, case_of, open_case
from tests.people import PASSWORD, add_accounts
from tests.world import World, running_world

pytestmark = pytest.mark.anyio

_SUGGESTED = "/referral/api/suggestions?topics={}"


@pytest.fixture
def city(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """What the processes of the city after the end are started with."""
    return {**environment, "TSUNAGI_PLAN": str(plan_without(tmp_path))}


@pytest.fixture
async def after(world: World, city: dict[str, str]) -> AsyncIterator[World]:
    """The city after the end, with what was there before."""
    await add_accounts(world.settings, DESK)
    async with running_world(city, workers=False) as quiet:
        form = {"login": DESK, "password": PASSWORD}
        assert (await quiet.client.post("/sign-in", data=form)).status_code == 303
        yield quiet


async def test_the_counter_does_not_offer_it(world: World, after: World) -> None:
    new = "/intake/consultations/new"
    choice = f'value="{ENDED}"'
    assert choice in (await world.call("GET", new, f"counter:{DESK}")).text
    page = (await after.client.get(new)).text
    assert 'value="houkatsu"' in page
    assert choice not in page


async def test_the_coordinator_is_suggested_in_its_place(world: World, after: World) -> None:
    [named] = await world.get(_SUGGESTED.format("isolation"), DESK)
    assert (named["agency"], named["reason"]) == (ENDED, "「孤独・孤立」の担当")
    [instead] = await after.get(_SUGGESTED.format("isolation"), DESK)
    assert (instead["agency"], instead["source_line"]) == (COORDINATOR, named["source_line"])
    assert instead["reason"] == "「孤独・孤立」の担当の社協 CSWがないため、調整役"
    several = await after.get(_SUGGESTED.format("isolation,debt,young-carer"), DESK)
    found = {one["agency"]: one["reason"] for one in several}
    assert found.keys() == {COORDINATOR, "kodomo-katei"}
    assert found[COORDINATOR].endswith("、「債務について」の担当")
    form = {"show": "candidates", "topics": "isolation"}
    page = (await after.client.post("/intake/consultations/new", data=form)).text
    assert "社協 CSWがないため、調整役" in page


async def test_the_page_says_that_it_ended_and_did_not_pause(
    world: World, city: dict[str, str]
) -> None:
    case = await open_case(world, ENDED)
    leg = (await case_of(world, case))["legs"][0]["id"]
    await act(world, leg, ENDED, "return", reason="not-ours")
    async with running_world(city, workers=False) as quiet:
        await act(quiet, leg, DESK, "reopen", reason="もう一度")
        page = (await quiet.call("GET", f"/referral/cases/{case}", DESK)).text
    assert "社協 CSWがなくなったため、" in page
    assert "受け入れを止めて" not in page


async def test_the_page_says_whether_it_still_pauses(world: World) -> None:
    pause = {"substitute": "houkatsu", "reason": "研修のため"}
    await world.post(f"/referral/api/agencies/{ENDED}/pause", ENDED, pause)
    case = await open_case(world, ENDED)
    address = f"/referral/cases/{case}"
    page = (await world.call("GET", address, DESK)).text
    assert "社協 CSWが受け入れを止めているため、" in page
    ended = await world.call("POST", f"/referral/api/agencies/{ENDED}/pause/end", ENDED, {})
    assert ended.is_success
    page = (await world.call("GET", address, DESK)).text
    assert "社協 CSWが受け入れを止めていたため、" in page


@pytest.mark.parametrize("command", [token, account])
def test_nobody_new_is_let_in_for_it(city: dict[str, str], command: click.Command) -> None:
    words = ["create", *(["sato"] if command is account else []), "--role", "counter"]
    for agency, code in ((ENDED, 1), (DESK, 0)):
        made = CliRunner().invoke(command, [*words, "--agency", agency], env=city)
        assert made.exit_code == code, agency
        assert bool(made.stdout) is (code == 0)
        assert ("なくなった機関です。" in made.stderr) is (code == 1)


async def test_the_administrator_lets_nobody_new_in_for_it(city: dict[str, str]) -> None:
    async with running_world(city, workers=False) as quiet:
        admin = {"Authorization": f"Bearer {await quiet.token('admin')}"}
        for path, asked in (
            ("/admin/tokens", {"name": "台帳から", "days": "90"}),
            ("/admin/accounts", {"login": "sato", "name": "担当"}),
        ):
            page = (await quiet.client.get(path, headers=admin)).text
            assert 'value="houkatsu"' in page
            assert f'value="{ENDED}"' not in page
            form = asked | {"role": "counter", "agency": ENDED}
            refused = await quiet.client.post(path, data=form, headers=admin)
            assert refused.status_code == 422, path
            assert "なくなった機関です。" in refused.text
