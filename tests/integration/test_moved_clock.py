"""The server's clock is set back or jumps ahead: order and deadlines hold, nothing fires twice."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from services.referral.usecases.answer_referral import accept_referral
from services.referral.usecases.support import check_in, record_contact
from shared.contracts import ClockHalfOverV1, ClockRanOutV1
from shared.japanese_time import japanese_day
from shared.plan import Plan
from tests.integration.casework import Casework, casework

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("hours", [1, 24])]


@pytest.fixture
async def work(environment: dict[str, str], plan: Plan) -> AsyncIterator[Casework]:
    async with casework(environment, plan) as started:
        yield started


async def _terms(work: Casework, case_id: UUID) -> list[tuple[str, datetime]]:
    return [(one.kind, one.due_at) for one in await work.clocks(case_id)]


async def test_acts_keep_their_order_and_terms_their_end_when_it_is_set_back(
    work: Casework, hours: int
) -> None:
    case_id = await work.open("shakyo-sogo", "csw")
    [leg] = (await work.standing(case_id)).legs
    before = await _terms(work, case_id)
    work.now -= timedelta(hours=hours)
    await work.tick()
    assert await _terms(work, case_id) == before

    csw = work.acting("csw")
    await accept_referral(work.connection, leg.id, None, csw)
    await check_in(work.connection, leg.id, None, csw)
    await work.tick(timedelta(hours=hours))
    on = japanese_day(work.now)
    await record_contact(
        work.connection, leg.id, on=on, kind="phone", memo=None, at=None, acting=work.acting("csw")
    )
    acts = await work.acts(case_id)
    assert [act.action for act in acts][-3:] == ["accept", "check-in", "contact"]
    assert [act.happened_at for act in acts] == sorted(act.happened_at for act in acts)
    assert await work.events(ClockHalfOverV1, ClockRanOutV1) == []


async def test_a_jump_ahead_and_back_climbs_each_rung_once(work: Casework, hours: int) -> None:
    await work.open("shakyo-sogo", "csw", urgency="emergency")
    await work.tick(timedelta(hours=hours, minutes=5))
    fired = await work.events(ClockHalfOverV1, ClockRanOutV1)
    assert len({(type(one), one.clock, one.due_at) for one in fired}) == len(fired) > 0
    await work.tick(-timedelta(hours=hours))
    await work.tick(timedelta(minutes=1))
    assert await work.events(ClockHalfOverV1, ClockRanOutV1) == fired
