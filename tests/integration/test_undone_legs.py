"""After a leg was undone, its receiver sees no more than the leg had shown, holder or not."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from services.referral.domain.case import Leg, LegState
from services.referral.domain.holding import Standing
from services.referral.domain.sight import is_party, sight_of
from services.referral.storage import cases, visibility
from services.referral.storage.tables import case as support_case
from shared.japanese_time import japanese_day
from shared.plan import Plan
from tests.integration.casework import casework
from tests.integration.meetings import DESK, LEAD, SIDE, act, case_of, open_case
from tests.world import World

pytestmark = pytest.mark.anyio

_VIOLENCE = {"topics": ["dv"], "main_topic": "dv"}


async def _lead(world: World, case: str) -> str:
    return str((await case_of(world, case))["legs"][0]["id"])


async def _accepted(world: World, **changes: Any) -> tuple[str, str]:
    case = await open_case(world, LEAD, **changes)
    leg = await _lead(world, case)
    await act(world, leg, LEAD, "accept")
    return case, leg


def _content(shown: Any) -> tuple[Any, ...]:
    return (shown["facts"], shown["topics"], shown["urgency"])


@pytest.mark.parametrize("topics", [{}, _VIOLENCE])
async def test_an_anonymous_lead_shows_its_holder_nothing_more(
    world: World, topics: dict[str, Any]
) -> None:
    case, leg = await _accepted(world, basis="anonymous", **topics)
    before = await case_of(world, case, LEAD)
    assert before["facts"] == {}
    await act(world, leg, "admin", "void", reason="まちがい")
    after = await case_of(world, case, LEAD)
    assert (_content(after), after["holder"]) == (_content(before), LEAD)
    assert "家計の相談が必要" not in str(after)


async def test_nothing_comes_back_after_consent_was_withdrawn(world: World) -> None:
    case, leg = await _accepted(world)
    await act(world, leg, DESK, "consent-withdrawn")
    assert _content(await case_of(world, case, LEAD)) == ({}, [], None)
    await act(world, leg, "admin", "void", reason="まちがい")
    after = await case_of(world, case, LEAD)
    assert _content(after) == ({}, [], None)
    assert "家計の相談が必要" not in str(after)


def _ways(leg: Leg, agency: str) -> Iterator[tuple[Leg, ...]]:
    """A leg of this agency in every state, beside one that it sent."""
    sent = replace(leg, sender=agency)
    for state, basis, taken, gone in product(
        (LegState.ACCEPTED, LegState.RETURNED, LegState.VOID),
        ("consent", "anonymous"),
        (None, leg.offered_at),
        (None, leg.offered_at),
    ):
        one = replace(leg, state=state, basis=basis, accepted_at=taken, consent_withdrawn_at=gone)
        yield (replace(one, receiver=agency, lead=False), replace(sent, lead=False))


@pytest.mark.parametrize("topic", ["isolation", "dv"])
@pytest.mark.parametrize("holder", [DESK, SIDE, "chiiki-kyosei"])
async def test_queries_follow_a_case_where_the_domain_does(
    environment: dict[str, str], plan: Plan, topic: str, holder: str
) -> None:
    async with casework(environment, plan) as work:
        case_id = await work.open(DESK, SIDE, LEAD, topics=(topic,))
        stored = await work.standing(case_id)
        mine, sent = stored.legs
        today = japanese_day(work.now)
        for agency in (SIDE, plan.coordinator):
            for one, other in _ways(mine, agency):
                wanted = Standing(
                    replace(stored.case, holder=holder),
                    (one, replace(other, id=sent.id, receiver=LEAD)),
                )
                await cases.change(work.connection, stored, wanted)
                stored = await work.standing(case_id)
                query = select(support_case.c.id).select_from(cases.FROM)
                found = await work.connection.execute(
                    query.where(
                        visibility.follows(agency, plan, today),
                        visibility.party_to(agency, plan.coordinator),
                    )
                )
                party = is_party(agency, stored.case, stored.legs, plan.coordinator)
                sight = sight_of(agency, stored.case, stored.legs, plan, today)
                assert bool(found.all()) is (party and sight.follows), (agency, one)
