"""A day of an application that was mistyped is mended by recording it again, as others were."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.referral.domain.case import Leg
from services.referral.domain.offering import Offer
from services.referral.usecases.answer_referral import accept_referral
from services.referral.usecases.offer_referrals import hand_on_referral
from services.referral.usecases.support import record_contact
from shared.errors import InvalidInput
from shared.japanese_time import japanese_day
from shared.plan import Plan
from tests.integration.casework import Casework, casework
from tests.integration.meetings import act, case_of, open_case, today
from tests.people import PASSWORD, add_accounts
from tests.world import World

pytestmark = pytest.mark.anyio

_ENGO, _LATER, _CHILDREN = "seikatsu-engo", "csw", "kodomo-katei"
_TERM, _LONGER = "assistance-decision", "assistance-decision-extended"
_DAY = timedelta(days=1)


@pytest.fixture
async def work(environment: dict[str, str], plan: Plan) -> AsyncIterator[Casework]:
    async with casework(environment, plan) as started:
        yield started


async def _contact(work: Casework, leg: Leg, kind: str, on: date, memo: str | None = None) -> None:
    acting = work.acting(leg.receiver)
    words = {"on": on, "kind": kind, "memo": memo, "at": None}
    await record_contact(work.connection, leg.id, **words, acting=acting)


async def _accepted(work: Casework) -> tuple[UUID, Leg]:
    case_id = await work.open("shakyo-sogo", _ENGO, topics=("public-assistance",))
    [leg] = (await work.standing(case_id)).legs
    return case_id, await accept_referral(work.connection, leg.id, None, work.acting(_ENGO))


async def _days(work: Casework, case_id: UUID) -> dict[str, date]:
    terms = await work.clocks(case_id)
    return {one.kind: japanese_day(one.due_at) for one in terms if one.kind != "check-in"}


@pytest.mark.parametrize("moved", [-3, -1, 2])
async def test_the_day_that_was_recorded_last_counts(work: Casework, moved: int) -> None:
    case_id, leg = await _accepted(work)
    mistyped = japanese_day(work.now)
    await work.tick(_DAY * 3)
    await _contact(work, leg, "application", mistyped)
    assert await _days(work, case_id) == {_TERM: mistyped + _DAY * 14}
    right = mistyped + _DAY * moved
    await _contact(work, leg, "application", right)
    assert await _days(work, case_id) == {_TERM: right + _DAY * 14}
    recorded = [one.detail["on"] for one in await work.acts(case_id, "contact")]
    assert recorded == [mistyped.isoformat(), right.isoformat()]
    await _contact(work, leg, "decision", japanese_day(work.now))
    assert await _days(work, case_id) == {}


async def test_the_longer_term_is_mended_too(work: Casework) -> None:
    case_id, leg = await _accepted(work)
    applied = japanese_day(work.now)
    await work.tick(_DAY * 3)
    await _contact(work, leg, "application", applied + _DAY)
    await _contact(work, leg, "decision-extended", japanese_day(work.now), "資産の調査のため")
    await _contact(work, leg, "application", applied)
    assert await _days(work, case_id) == {_LONGER: applied + _DAY * 30}


async def test_who_took_the_leg_on_mends_it(work: Casework) -> None:
    case_id, leg = await _accepted(work)
    applied = japanese_day(work.now)
    await _contact(work, leg, "application", applied)
    words = ("担当が変わるため", "consent", "phone", "窓口")
    offer = Offer(_ENGO, (_LATER,), None, *words, work.now, override="前から知っている方のため")
    await hand_on_referral(work.connection, leg.id, offer, work.acting(_ENGO))
    [new] = [one for one in (await work.standing(case_id)).legs if one.receiver == _LATER]
    new = await accept_referral(work.connection, new.id, None, work.acting(_LATER))
    await _contact(work, new, "application", applied - _DAY * 4)
    assert await _days(work, case_id) == {_TERM: applied + _DAY * 10}


async def test_what_was_decided_before_the_case_began_is_of_its_own_day(work: Casework) -> None:
    case_id, leg = await _accepted(work)
    opened = japanese_day(work.now)
    before = opened - _DAY * 9
    for kind in ("decision", "decision-extended"):
        with pytest.raises(InvalidInput) as refused:
            await _contact(work, leg, kind, before, "資産の調査のため")
        assert [one.loc for one in refused.value.errors] == [("on",)]
    await _contact(work, leg, "application", before)
    with pytest.raises(InvalidInput) as refused:
        await _contact(work, leg, "decision", before - _DAY)
    assert [(one.loc, one.code) for one in refused.value.errors] == [(("on",), "out-of-range")]
    await _contact(work, leg, "decision-extended", before + _DAY * 2, "資産の調査のため")
    assert await _days(work, case_id) == {_LONGER: before + _DAY * 30}
    await _contact(work, leg, "decision", before + _DAY * 5)
    assert await _days(work, case_id) == {}
    with pytest.raises(InvalidInput):
        await _contact(work, leg, "phone", before)


async def test_nothing_is_decided_before_it_was_asked_for(work: Casework) -> None:
    case_id, leg = await _accepted(work)
    await work.tick(_DAY * 20)
    asked = japanese_day(work.now) - _DAY * 3
    await _contact(work, leg, "application", asked)
    for kind in ("decision", "decision-extended"):
        with pytest.raises(InvalidInput) as refused:
            await _contact(work, leg, kind, asked - _DAY, "資産の調査のため")
        assert [one.loc for one in refused.value.errors] == [("on",)]
    assert await _days(work, case_id) == {_TERM: asked + _DAY * 14}
    await _contact(work, leg, "decision", asked)
    assert await _days(work, case_id) == {}


async def _contact_form(world: World, receiver: str, topic: str) -> tuple[str, str, str]:
    """The page of a case with a leg that this agency accepted, its address, and the leg."""
    case = await open_case(world, receiver, topics=[topic], main_topic=topic)
    leg = (await case_of(world, case))["legs"][0]["id"]
    await act(world, leg, receiver, "accept")
    await add_accounts(world.settings, receiver)
    form = {"login": receiver, "password": PASSWORD}
    assert (await world.client.post("/sign-in", data=form)).status_code == 303
    address = f"/referral/cases/{case}"
    return (await world.client.get(address)).text, address, leg


async def test_the_form_offers_what_others_do_only_where_that_ends_a_term(world: World) -> None:
    page, *_ = await _contact_form(world, _ENGO, "public-assistance")
    assert 'value="application"' in page
    assert 'value="safety-' in page
    assert 'value="safety-passed-on"' not in page
    assert 'value="safety-confirmed-elsewhere"' not in page
    assert "承認した人や会議" not in page


async def test_the_form_offers_it_until_the_child_was_seen(world: World) -> None:
    page, address, leg = await _contact_form(world, _CHILDREN, "child-abuse")
    for words in ('value="safety-passed-on"', 'value="safety-confirmed-elsewhere"', "承認した人"):
        assert words in page
    await act(world, leg, _CHILDREN, "contacts", on=today(), kind="safety-confirmed")
    page = (await world.client.get(address)).text
    assert 'value="safety-confirmed"' in page
    assert 'value="safety-passed-on"' not in page
    assert "承認した人や会議" not in page
