"""What a page offers to ask again is what the act takes, whoever follows an agency by now."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from services.referral.domain.case import Leg
from services.referral.domain.offering import Offer
from services.referral.usecases.answer_referral import accept_referral, return_referral
from services.referral.usecases.change_basis import withdraw_consent
from services.referral.usecases.lead_case import close_case
from services.referral.usecases.offer_referrals import offer_referrals
from services.referral.usecases.show_cases import show_case
from services.referral.usecases.succeed_agency import name_successor
from services.referral.usecases.support import close_referral
from services.referral.usecases.take_back import reopen_referral
from shared.errors import Conflict
from shared.identity.principal import Role
from shared.plan import Plan
from tests.integration.casework import Casework, casework
from tests.integration.meetings import COORDINATOR, DESK, LEAD, SIDE

pytestmark = pytest.mark.anyio

_ASKED = "csw"
_END = {"outcome": "resolved", "ended_by": "person", "note": None, "at": None}


@pytest.fixture
async def work(environment: dict[str, str], plan: Plan) -> AsyncIterator[Casework]:
    async with casework(environment, plan) as started:
        yield started


async def _leg(work: Casework, case_id: UUID, receiver: str) -> Leg:
    legs = (await work.standing(case_id)).legs
    return next(leg for leg in legs if leg.receiver == receiver)


async def _accept(work: Casework, case_id: UUID, receiver: str) -> None:
    leg = await _leg(work, case_id, receiver)
    await accept_referral(work.connection, leg.id, None, work.acting(receiver))


async def _offer(work: Casework, case_id: UUID, sender: str) -> None:
    offer = Offer(sender, (_ASKED,), None, "いっしょに", "consent", "phone", "窓口", work.now)
    await offer_referrals(work.connection, case_id, offer, work.acting(sender), lead_chosen=True)


async def _give_back(work: Casework, case_id: UUID) -> Leg:
    leg = await _leg(work, case_id, _ASKED)
    words = {"reason": "not-ours", "note": None, "suggest": None, "at": None}
    return await return_referral(work.connection, leg.id, **words, acting=work.acting(_ASKED))


async def _follow(work: Casework, agency: str, to: str) -> None:
    by = work.acting(None, Role.ADMIN)
    await name_successor(work.connection, agency, to, "統合のため", by)


async def _offered(work: Casework, leg: Leg) -> tuple[list[str], dict[str, str]]:
    """What the page offers the coordinator to do to the leg, and what is in the way."""
    shown = await show_case(
        work.connection, leg.case_id, COORDINATOR, work.plan, work.now, receives=True
    )
    [entry] = [one for one in shown.legs if one.leg.id == leg.id]
    return entry.allowed, entry.hindered


async def _ask_again(work: Casework, leg: Leg) -> Leg:
    coordinator = work.acting(COORDINATOR)
    return await reopen_referral(work.connection, leg.id, "もう一度", None, coordinator)


async def test_what_follows_the_sender_of_a_closed_case_needs_consent_too(work: Casework) -> None:
    case_id = await work.open(DESK, LEAD, SIDE)
    await _accept(work, case_id, LEAD)
    await _accept(work, case_id, SIDE)
    await _offer(work, case_id, LEAD)
    asked = await _give_back(work, case_id)
    for receiver in (SIDE, LEAD):
        leg = await _leg(work, case_id, receiver)
        await close_referral(work.connection, leg.id, **_END, acting=work.acting(receiver))
    coordinator = work.acting(COORDINATOR)
    await close_case(work.connection, case_id, end="completed", **_END, acting=coordinator)
    own = (await _leg(work, case_id, SIDE)).id
    await withdraw_consent(work.connection, own, reason=None, at=None, acting=work.acting(DESK))
    assert await _offered(work, asked) == (["reopen"], {})
    await _follow(work, LEAD, SIDE)
    assert await _offered(work, asked) == ([], {"reopen": "no-consent"})
    with pytest.raises(Conflict) as refused:
        await _ask_again(work, asked)
    assert (refused.value.code, refused.value.extra["allowed"]) == ("no-consent", [])
    assert (await work.standing(case_id)).case.state == "completed"


async def test_who_has_the_case_before_it_is_not_asked_again(work: Casework) -> None:
    case_id = await work.open(DESK, LEAD)
    await _accept(work, case_id, LEAD)
    await _offer(work, case_id, LEAD)
    asked = await _give_back(work, case_id)
    assert await _offered(work, asked) == (["reopen"], {})
    await _offer(work, case_id, COORDINATOR)
    assert await _offered(work, asked) == ([], {"reopen": "already-there"})
    with pytest.raises(Conflict) as refused:
        await _ask_again(work, asked)
    assert refused.value.code == "already-there"


async def test_where_nobody_is_left_nobody_is_asked_again(work: Casework) -> None:
    case_id = await work.open(COORDINATOR, _ASKED)
    asked = await _give_back(work, case_id)
    assert await _offered(work, asked) == (["reopen"], {})
    await _follow(work, _ASKED, COORDINATOR)
    assert await _offered(work, asked) == ([], {"reopen": "agency-not-valid"})
    with pytest.raises(Conflict) as refused:
        await _ask_again(work, asked)
    assert refused.value.code == "agency-not-valid"


async def test_a_follower_with_consent_is_asked_again(work: Casework) -> None:
    case_id = await work.open(DESK, _ASKED)
    asked = await _give_back(work, case_id)
    await _follow(work, _ASKED, SIDE)
    assert await _offered(work, asked) == (["reopen"], {})
    assert (await _ask_again(work, asked)).receiver == SIDE
