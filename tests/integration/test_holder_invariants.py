"""Whatever is tried on a case, in any order: one holder, a running clock, nothing ends unsaid."""

import asyncio

import pytest
from hypothesis import given, settings

from shared.contracts import CaseEscalatedV1, HolderChangedV1
from shared.plan import Plan
from tests.integration.casework import casework
from tests.integration.histories_of_cases import Player, Step, check_invariants, steps


async def _play(environment: dict[str, str], plan: Plan, history: list[Step]) -> None:
    async with casework(environment, plan) as work:
        case_id = await work.open("shakyo-sogo", "csw", "houkatsu")
        player = Player(work, case_id)
        for step in history:
            before, after, done = await player.play(step)
            player.check(step, before, after, done=done)
            await check_invariants(work, after)
        stands = await work.standing(case_id)
        told = await work.events(HolderChangedV1)
        assert told[-1].holder == stands.case.holder
        assert all(one.previous != one.holder for one in told)
        assert len(await work.events(CaseEscalatedV1)) >= int(stands.case.escalated)
        bounds = {"second-return", "accept-clock", "case-clock", "no-destination"}
        noted = [act.detail["to"] for act in await work.acts(case_id, "held")]
        assert noted == [one.holder for one in told if one.cause in bounds]
        flagged = await work.acts(case_id, "escalated")
        assert len(flagged) == len(await work.events(CaseEscalatedV1))


def _check_all(environment: dict[str, str], plan: Plan, chosen: settings) -> None:
    @chosen
    @given(history=steps)
    def any_history(history: list[Step]) -> None:
        asyncio.run(_play(environment, plan, history))

    any_history()


def test_no_history_leaves_a_case_without_holder_or_clock(
    environment: dict[str, str], plan: Plan
) -> None:
    chosen = settings(max_examples=200, deadline=None, derandomize=True, database=None)
    _check_all(environment, plan, chosen)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_no_history_leaves_a_case_without_holder_or_clock_for_long(
    environment: dict[str, str], plan: Plan
) -> None:
    _check_all(environment, plan, settings(max_examples=3_000, deadline=None, database=None))
