"""Who lost the consent on which it got a case begins nothing on it: no offer, no asking again."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.referral.domain.agency_life import succeeded_leg
from services.referral.domain.case import Leg
from services.referral.domain.offering import Offer
from services.referral.usecases.answer_referral import accept_referral, return_referral
from services.referral.usecases.change_basis import change_basis, withdraw_consent
from services.referral.usecases.move_case import Move, move_case
from services.referral.usecases.offer_referrals import hand_on_referral, offer_referrals
from services.referral.usecases.show_cases import show_case
from services.referral.usecases.succeed_agency import name_successor
from services.referral.usecases.support import close_referral
from services.referral.usecases.take_back import reopen_referral, withdraw_referral
from shared.errors import Conflict, InvalidInput
from shared.identity.principal import Role
from shared.japanese_time import japanese_day
from shared.plan import Plan
from tests.integration.casework import Casework, casework
from tests.integration.meetings import COORDINATOR, DESK, LEAD, SIDE

pytestmark = pytest.mark.anyio

_NEXT = "csw"


@pytest.fixture
async def work(environment: dict[str, str], plan: Plan) -> AsyncIterator[Casework]:
    async with casework(environment, plan) as started:
        yield started


class _Held:
    """A case that LEAD holds on consent, and one more leg: handed on by it, or offered beside."""

    def __init__(self, work: Casework, case_id: UUID, how: str) -> None:
        self.work, self.case_id, self.how = work, case_id, how

    async def leg(self, receiver: str) -> Leg:
        legs = (await self.work.standing(self.case_id)).legs
        return next(leg for leg in legs if leg.receiver == receiver)

    async def ask(self) -> None:
        """Ask for the second leg, as a hand-on or as an offer beside."""
        offer = Offer(LEAD, (_NEXT,), None, "いっしょに", "consent", "phone", "窓口", self.work.now)
        connection, by = self.work.connection, self.work.acting(LEAD)
        if self.how == "hand-on":
            await hand_on_referral(connection, (await self.leg(LEAD)).id, offer, by)
        else:
            await offer_referrals(connection, self.case_id, offer, by, lead_chosen=True)

    async def lose(self, how: str = "withdrawn") -> None:
        """Take the consent of the holder's leg away."""
        leg, by = await self.leg(LEAD), self.work.acting(DESK)
        if how == "withdrawn":
            await withdraw_consent(self.work.connection, leg.id, reason=None, at=None, acting=by)
        else:
            await self.rest_on("consent", japanese_day(self.work.now))
            self.work.now += timedelta(days=1)

    async def rest_on(self, basis: str, until: date | None = None) -> None:
        """Put the holder's leg on a basis."""
        await change_basis(
            self.work.connection,
            (await self.leg(LEAD)).id,
            basis=basis,
            authorised_by=None,
            expires_on=until,
            at=None,
            acting=self.work.acting(COORDINATOR),
        )

    async def end(self, how: str) -> None:
        """End the second leg so that it could be offered again."""
        leg, connection = await self.leg(_NEXT), self.work.connection
        receiver, holder = self.work.acting(_NEXT), self.work.acting(LEAD)
        if how == "returned":
            words = {"reason": "not-ours", "note": None, "suggest": None, "at": None}
            await return_referral(connection, leg.id, **words, acting=receiver)
        elif how == "withdrawn":
            words = {"reason": "まちがい", "siblings": False, "at": None}
            await withdraw_referral(connection, leg.id, **words, acting=holder)
        else:
            await accept_referral(connection, leg.id, None, receiver)
            end = {"outcome": "resolved", "ended_by": "person", "note": None, "at": None}
            await close_referral(connection, leg.id, **end, acting=receiver)

    async def reopen(self, who: str = LEAD) -> Leg:
        leg, by = await self.leg(_NEXT), self.work.acting(who)
        return await reopen_referral(self.work.connection, leg.id, "もう一度", None, by)


async def _held(work: Casework, how: str) -> _Held:
    case_id = await work.open(DESK, LEAD)
    held = _Held(work, case_id, how)
    await accept_referral(work.connection, (await held.leg(LEAD)).id, None, work.acting(LEAD))
    return held


@pytest.mark.parametrize("lost", ["withdrawn", "expired"])
@pytest.mark.parametrize("ended", ["returned", "withdrawn"])
@pytest.mark.parametrize("how", ["hand-on", "beside"])
async def test_asking_again_is_no_way_around(
    work: Casework, how: str, ended: str, lost: str
) -> None:
    held = await _held(work, how)
    await held.ask()
    await held.end(ended)
    await held.lose(lost)
    with pytest.raises(InvalidInput) as again:
        await held.ask()
    assert [(one.loc, one.code) for one in again.value.errors] == [(("basis",), "no-consent")]
    shown = await show_case(
        work.connection, held.case_id, COORDINATOR, work.plan, work.now, receives=True
    )
    [entry] = [one for one in shown.legs if one.leg.receiver == _NEXT]
    assert ("reopen" in entry.allowed, list(entry.hindered)) == (False, ["reopen"])
    for who in (LEAD, COORDINATOR):
        with pytest.raises(Conflict) as refused:
            await held.reopen(who)
        assert refused.value.code == "no-consent"
    await held.rest_on("consent")
    assert (await held.reopen()).state == "offered"


async def test_what_was_closed_is_not_asked_again_either(work: Casework) -> None:
    held = await _held(work, "beside")
    await held.ask()
    await held.end("closed")
    await held.lose()
    with pytest.raises(Conflict) as refused:
        await held.reopen()
    assert refused.value.code == "no-consent"
    await held.rest_on("emergency")
    assert (await held.reopen()).state == "offered"


async def test_what_waits_beside_is_not_accepted(work: Casework) -> None:
    held = await _held(work, "beside")
    await held.ask()
    await held.lose()
    leg, by = await held.leg(_NEXT), work.acting(_NEXT)
    with pytest.raises(Conflict) as refused:
        await accept_referral(work.connection, leg.id, None, by)
    assert (refused.value.code, "return" in refused.value.extra["allowed"]) == ("no-consent", True)
    await held.rest_on("consent")
    assert (await accept_referral(work.connection, leg.id, None, by)).state == "accepted"


async def test_what_the_desk_asked_on_a_consent_of_its_own_goes_on(work: Casework) -> None:
    case_id = await work.open(DESK, LEAD, SIDE)
    held = _Held(work, case_id, "beside")
    await accept_referral(work.connection, (await held.leg(LEAD)).id, None, work.acting(LEAD))
    await held.lose()
    leg = await held.leg(SIDE)
    assert (
        await accept_referral(work.connection, leg.id, None, work.acting(SIDE))
    ).state == "accepted"


async def test_a_successor_of_the_sender_is_bound_by_what_it_took_over(work: Casework) -> None:
    held = await _held(work, "beside")
    await held.ask()
    await held.end("returned")
    await held.lose()
    by = work.acting(None, Role.ADMIN)
    await name_successor(work.connection, LEAD, SIDE, "統合のため", by)
    move = Move(
        LEAD, SIDE, "succeeded", lambda leg: succeeded_leg(leg, LEAD, SIDE, work.plan), anew=True
    )
    await move_case(work.connection, held.case_id, move, by)
    with pytest.raises(Conflict) as refused:
        await held.reopen(COORDINATOR)
    assert refused.value.code == "no-consent"
    assert "reopen" not in refused.value.extra["allowed"]
