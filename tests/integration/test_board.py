"""The coordinator's board shows what is due next on a case, whoever it is that must act."""

from datetime import timedelta

import pytest

from services.referral.usecases.answer_referral import accept_referral
from services.referral.usecases.show_board import BoardEntry, show_board
from shared.plan import Plan
from tests.integration.casework import MORNING, Casework, casework

pytestmark = pytest.mark.anyio

_COORDINATOR = "chiiki-kyosei"


async def _takers(work: Casework) -> list[BoardEntry]:
    return (await show_board(work.connection, work.acting(_COORDINATOR))).takers


async def test_a_case_whose_only_term_is_a_side_legs_stands_where_that_runs_out(
    environment: dict[str, str], plan: Plan
) -> None:
    async with casework(environment, plan) as work:
        later = await work.open(_COORDINATOR, "csw")
        side = await work.open(_COORDINATOR, "csw", lead=None, urgency="emergency")
        found = await _takers(work)
        assert [one.standing.case.id for one in found] == [side, later]
        assert found[0].due_at == MORNING + timedelta(hours=1)
        [leg] = (await work.standing(side)).legs
        await accept_referral(work.connection, leg.id, None, work.acting("csw"))
        found = await _takers(work)
        assert [one.standing.case.id for one in found] == [later, side]
        assert found[1].due_at == MORNING + timedelta(days=30)
