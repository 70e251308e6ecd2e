"""Nothing begins on a consent that is gone: no acceptance, no hand-on, no second asking."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.referral.domain.case import Leg
from services.referral.domain.offering import Offer
from services.referral.usecases.answer_referral import accept_referral
from services.referral.usecases.change_basis import change_basis, withdraw_consent
from services.referral.usecases.offer_referrals import hand_on_referral
from services.referral.usecases.show_cases import show_case
from services.referral.usecases.support import close_referral
from services.referral.usecases.take_back import reopen_referral
from shared.errors import Conflict, InvalidInput
from shared.japanese_time import japanese_day
from shared.plan import Plan
from tests.integration.casework import Casework, casework
from tests.integration.meetings import COORDINATOR, DESK, LEAD, SIDE, act, case_of, meet, open_case
from tests.world import World

pytestmark = pytest.mark.anyio

_NEXT = "csw"
_END = {"outcome": "resolved", "ended_by": "person", "note": None, "at": None}


@pytest.fixture
async def work(environment: dict[str, str], plan: Plan) -> AsyncIterator[Casework]:
    async with casework(environment, plan) as started:
        yield started


async def _open(work: Casework, *to: str) -> tuple[UUID, dict[str, Leg]]:
    """A case with an accepted leg to each of these agencies, on consent."""
    case_id = await work.open(DESK, *to)
    for leg in (await work.standing(case_id)).legs:
        await accept_referral(work.connection, leg.id, None, work.acting(leg.receiver))
    return case_id, await _legs(work, case_id)


async def _legs(work: Casework, case_id: UUID) -> dict[str, Leg]:
    return {leg.receiver: leg for leg in (await work.standing(case_id)).legs}


async def _withdraw(work: Casework, leg: Leg, who: str = DESK) -> None:
    await withdraw_consent(work.connection, leg.id, reason=None, at=None, acting=work.acting(who))


async def _rest_on(
    work: Casework, leg: Leg, who: str, basis: str, until: date | None = None
) -> None:
    await change_basis(
        work.connection,
        leg.id,
        basis=basis,
        authorised_by=None,
        expires_on=until,
        at=None,
        acting=work.acting(who),
    )


async def _hand_on(work: Casework, leg: Leg, basis: str = "consent") -> None:
    offer = Offer(leg.receiver, (_NEXT,), None, "担当が変わる", basis, "phone", "窓口", work.now)
    await hand_on_referral(work.connection, leg.id, offer, work.acting(leg.receiver))


async def _accept(work: Casework, leg: Leg) -> Leg:
    return await accept_referral(work.connection, leg.id, None, work.acting(leg.receiver))


async def _allowed(
    work: Casework, case_id: UUID, leg: Leg, who: str
) -> tuple[list[str], list[str]]:
    shown = await show_case(work.connection, case_id, who, work.plan, work.now, receives=True)
    [entry] = [one for one in shown.legs if one.leg.id == leg.id]
    return entry.allowed, list(entry.hindered)


async def test_a_pending_hand_on_falls_with_the_consent_of_the_leg_it_came_from(
    work: Casework,
) -> None:
    case_id, legs = await _open(work, LEAD)
    await _hand_on(work, legs[LEAD])
    pending = (await _legs(work, case_id))[_NEXT]
    assert "accept" in (await _allowed(work, case_id, pending, _NEXT))[0]
    await _withdraw(work, legs[LEAD])
    allowed, hindered = await _allowed(work, case_id, pending, _NEXT)
    assert ("accept" in allowed, hindered) == (False, ["accept"])
    with pytest.raises(Conflict) as refused:
        await _accept(work, pending)
    assert (refused.value.code, refused.value.extra["allowed"]) == ("no-consent", allowed)
    assert "return" in allowed
    await _rest_on(work, legs[LEAD], DESK, "consent")
    assert (await _accept(work, pending)).state == "accepted"


async def test_a_hand_on_put_on_another_basis_is_accepted(work: Casework) -> None:
    case_id, legs = await _open(work, LEAD)
    await _hand_on(work, legs[LEAD])
    pending = (await _legs(work, case_id))[_NEXT]
    await _withdraw(work, legs[LEAD])
    await _rest_on(work, pending, COORDINATOR, "statutory-report")
    assert (await _accept(work, pending)).state == "accepted"


async def test_a_side_leg_is_not_handed_on_after_the_leads_consent_was_withdrawn(
    work: Casework,
) -> None:
    case_id, legs = await _open(work, LEAD, SIDE)
    await _withdraw(work, legs[LEAD])
    with pytest.raises(InvalidInput) as refused:
        await _hand_on(work, legs[SIDE])
    assert [(one.loc, one.code) for one in refused.value.errors] == [(("basis",), "no-consent")]
    await _hand_on(work, legs[SIDE], "emergency")
    assert (await _accept(work, (await _legs(work, case_id))[_NEXT])).state == "accepted"


async def test_a_pending_hand_on_of_a_side_leg_falls_with_the_leads_consent(
    work: Casework,
) -> None:
    case_id, legs = await _open(work, LEAD, SIDE)
    await _hand_on(work, legs[SIDE])
    await _withdraw(work, legs[LEAD])
    with pytest.raises(Conflict) as refused:
        await _accept(work, (await _legs(work, case_id))[_NEXT])
    assert refused.value.code == "no-consent"


async def test_an_offer_is_not_accepted_once_its_consent_ran_out(work: Casework) -> None:
    case_id = await work.open(DESK, LEAD)
    leg = (await _legs(work, case_id))[LEAD]
    await _rest_on(work, leg, DESK, "consent", japanese_day(work.now))
    work.now += timedelta(days=1)
    with pytest.raises(Conflict) as refused:
        await _accept(work, leg)
    assert refused.value.code == "no-consent"
    await _rest_on(work, leg, DESK, "consent")
    assert (await _accept(work, leg)).state == "accepted"


async def test_a_leg_without_consent_is_not_offered_again(work: Casework) -> None:
    case_id, legs = await _open(work, LEAD)
    by = work.acting(LEAD)
    await close_referral(work.connection, legs[LEAD].id, **_END, acting=by)
    await _withdraw(work, legs[LEAD])
    allowed, hindered = await _allowed(work, case_id, legs[LEAD], COORDINATOR)
    assert ("reopen" in allowed, hindered) == (False, ["reopen"])
    coordinator = work.acting(COORDINATOR)
    with pytest.raises(Conflict) as refused:
        await reopen_referral(work.connection, legs[LEAD].id, "もう一度", None, coordinator)
    assert refused.value.code == "no-consent"
    assert "新しい同意" in refused.value.detail
    await _rest_on(work, legs[LEAD], COORDINATOR, "consent")
    again = await reopen_referral(work.connection, legs[LEAD].id, "もう一度", None, coordinator)
    assert again.state == "offered"


async def test_the_page_says_why_and_what_helps(world: World) -> None:
    case = await open_case(world, LEAD)
    leg = (await case_of(world, case))["legs"][0]["id"]
    await act(world, leg, DESK, "consent-withdrawn")
    page = (await world.call("GET", f"/referral/cases/{case}", LEAD)).text
    assert f"{leg}/accept" not in page
    assert "受け入れるには、ご本人の同意がいりますが" in page
    await act(world, leg, DESK, "basis", basis="emergency")
    page = (await world.call("GET", f"/referral/cases/{case}", LEAD)).text
    assert f"{leg}/accept" in page
    assert "ご本人の同意がいりますが" not in page


async def test_no_meeting_takes_an_offer_whose_consent_is_gone(world: World) -> None:
    case = await open_case(world, LEAD)
    leg = (await case_of(world, case))["legs"][0]["id"]
    await act(world, leg, DESK, "consent-withdrawn")
    name = {"kind": "name-lead", "case": case, "agency": LEAD}
    refused = await meet(world, DESK, [case], name)
    assert (refused.status_code, refused.json()["code"]) == (409, "no-consent")
    shown = await case_of(world, case)
    assert shown["holder"] == DESK
    assert refused.json()["allowed"] == shown["allowed"] == ["referrals", "conferences", "plan"]
    await act(world, leg, DESK, "basis", basis="support-conference")
    assert (await meet(world, DESK, [case], name)).status_code == 201
    assert (await case_of(world, case))["holder"] == LEAD
