"""Whoever saw a case and may not see it any more is told to look again, whatever the act was."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from services.referral.storage import news
from services.referral.usecases.answer_referral import accept_referral
from services.referral.usecases.open_case import note_consultation
from shared.contracts import ConsultationCorrectedV1
from shared.identity.principal import Role
from shared.plan import Plan
from tests.integration.casework import Casework, casework

pytestmark = pytest.mark.anyio

_COORDINATOR, _DESK = "chiiki-kyosei", "shakyo-sogo"


@pytest.fixture
async def work(environment: dict[str, str], plan: Plan) -> AsyncIterator[Casework]:
    async with casework(environment, plan) as started:
        yield started


async def _stirred(work: Casework, case_id: UUID, behind: int) -> set[str]:
    found = await news.stirs_after(work.connection, behind, 100)
    return {agency for one in found if one.case_id == case_id for agency in one.agencies}


async def test_the_coordinator_loses_a_case_about_violence_with_its_acceptance(
    work: Casework,
) -> None:
    case_id = await work.open(_DESK, "csw", topics=("dv",), urgency="emergency")
    await work.tick(timedelta(hours=2))
    stands = await work.standing(case_id)
    assert stands.case.holder == _COORDINATOR
    before = await news.last_stir(work.connection)
    await accept_referral(work.connection, stands.legs[0].id, None, work.acting("csw"))
    assert await _stirred(work, case_id, before) == {_COORDINATOR}


async def test_a_correction_stirs_who_loses_the_case_and_nobody_who_never_had_it(
    work: Casework,
) -> None:
    for topics, lost in ((("isolation",), {_COORDINATOR}), (("elder-abuse",), set())):
        case_id = await work.open(_DESK, "csw", topics=topics)
        case = (await work.standing(case_id)).case
        before = await news.last_stir(work.connection)
        told = ConsultationCorrectedV1(
            desk=_DESK,
            received_at=case.received_at,
            anonymous=False,
            repeat=False,
            topics=("dv",),
            urgency="normal",
            response="refer",
            revision=2,
            case_id=case_id,
            **case.facts | {"main_topic": "dv"},
        )
        by_desk = work.acting(_DESK, Role.COUNTER)
        await note_consultation(work.connection, case.consultation_id, told, by_desk)
        assert (await work.standing(case_id)).case.shielded
        assert await _stirred(work, case_id, before) == lost
        assert len(await news.stirs_after(work.connection, before, 100)) == 1 + len(lost)


async def test_what_moved_long_ago_is_forgotten(work: Casework) -> None:
    case_id = await work.open(_DESK, "csw")
    before = await news.last_stir(work.connection)
    await news.add_stir(work.connection, case_id, {"csw"}, work.now)
    await news.forget_stirs(work.connection, work.now + timedelta(minutes=59))
    assert await _stirred(work, case_id, before) == {"csw"}
    await news.forget_stirs(work.connection, work.now + timedelta(minutes=61))
    assert await _stirred(work, case_id, before) == set()
