"""Pages tell who acts for a former agency beforehand that nothing can be written there."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.ended_city import ENDED, plan_without
from tests.integration.meetings import COORDINATOR, act, case_of, met, open_case, plan
from tests.people import PASSWORD, add_accounts
from tests.world import World, running_world

pytestmark = pytest.mark.anyio

_SAID = "「社協 CSW」はなくなった機関です"
_NOTHING = "この画面では、いま書けるものがありません。"
_FORM = re.compile(r'<form\b[^>]*method="post"[^>]*action="([^"]*)"')
_FORMS = (
    *("/intake/consultations/new", "/intake/activities/new", "/intake/figures/new"),
    "/referral/conferences/new",
)
_READ = (
    *("/referral/inbox", "/referral/given-back", "/referral/notifications", "/referral/paper"),
    *("/referral/cases", "/referral/pauses", "/referral/reassign", "/referral/conferences"),
    *("/intake/consultations", "/referral/cases/{case}", "/referral/cases/{case}/plan"),
    *("/referral/cases/{beside}", "/referral/conferences/{conference}"),
    "/intake/consultations/{consultation}",
)


@dataclass(frozen=True, slots=True)
class Ended:
    """The city after its end, with what the agency had."""

    world: World
    records: dict[str, str]

    async def page(self, path: str) -> str:
        """A page as somebody of that agency sees it."""
        answer = await self.world.client.get(path.format(**self.records))
        assert answer.status_code == 200, path
        return answer.text


async def _records(world: World) -> dict[str, str]:
    case = await open_case(world, "hello-work", desk=ENDED)
    await world.post(f"/referral/api/cases/{case}/plan", ENDED, plan(ENDED))
    held = await met(world, ENDED, [case], agencies=[COORDINATOR])
    beside = await open_case(world, ENDED, topics=["child-abuse"], main_topic="child-abuse")
    leg = (await case_of(world, beside))["legs"][0]
    await act(world, leg["id"], ENDED, "accept")
    [record] = await world.get("/intake/api/consultations", f"counter:{ENDED}")
    return {
        "case": case,
        "beside": beside,
        "conference": held["id"],
        "consultation": record["id"],
    }


@pytest.fixture
async def ended(world: World, environment: dict[str, str], tmp_path: Path) -> AsyncIterator[Ended]:
    await add_accounts(world.settings, ENDED)
    records = await _records(world)
    city = {"TSUNAGI_PLAN": str(plan_without(tmp_path))}
    async with running_world({**environment, **city}, workers=False) as quiet:
        form = {"login": ENDED, "password": PASSWORD}
        assert (await quiet.client.post("/sign-in", data=form)).status_code == 303
        yield Ended(quiet, records)


async def test_nothing_can_be_filled_in_that_would_be_refused(ended: Ended) -> None:
    for path in _FORMS:
        page = await ended.page(path)
        assert _SAID in page, path
        assert _NOTHING in page, path
        assert "<textarea" not in page, path
    for path in (*_FORMS, *_READ):
        page = await ended.page(path)
        assert _SAID in page, path
        assert set(_FORM.findall(page)) == {"/sign-out"}, path
    own = await ended.page("/account")
    assert _SAID in own


async def test_others_find_their_forms_as_ever(world: World) -> None:
    await add_accounts(world.settings, ENDED)
    records = await _records(world)
    form = {"login": ENDED, "password": PASSWORD}
    assert (await world.client.post("/sign-in", data=form)).status_code == 303
    there = Ended(world, records)
    for path in (
        *(path for path in _FORMS if path != "/referral/conferences/new"),
        *("/referral/cases/{case}", "/referral/cases/{beside}", "/referral/cases/{case}/plan"),
        *("/referral/pauses", "/referral/paper", "/referral/conferences/{conference}"),
        *("/referral/inbox", "/intake/consultations/{consultation}"),
    ):
        page = await there.page(path)
        assert _SAID not in page, path
        assert set(_FORM.findall(page)) > {"/sign-out"}, path
    assert _NOTHING not in await there.page("/referral/conferences/new")
