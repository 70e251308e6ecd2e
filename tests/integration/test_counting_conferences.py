"""A conference with an agency of the council counts once in row 2, beside recorded activities."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from services.metrics.domain.contributions import Counter
from services.metrics.domain.folding import fold_conference
from services.metrics.usecases.count_events import count_events
from shared.contracts import ConferenceCancelledV1, ConferenceHeldV1
from shared.database import AS_SERVICE, make_engine
from shared.japanese_time import fiscal_year_of
from shared.messaging.event import Cause, Event
from shared.plan import Plan
from tests.integration.meetings import COORDINATOR, DESK, LEAD, met, open_case, today
from tests.world import World

pytestmark = pytest.mark.anyio

_ROW = "liaison-meetings"
_DAY = date(2026, 3, 31)


async def _row(world: World, year: int | None = None) -> Any:
    fy = fiscal_year_of(date.fromisoformat(today())) if year is None else year
    rows = await world.get(f"/metrics/api/indicators?fy={fy}", "manager")
    return next(row for row in rows if row["id"] == _ROW)


def _held(*agencies: str) -> ConferenceHeldV1:
    return ConferenceHeldV1(
        kind="support-conference", held_on=_DAY, convener=agencies[0], agencies=agencies, cases=2
    )


async def test_it_counts_once_and_mixes_with_activities(world: World) -> None:
    case = await open_case(world, LEAD)
    await met(world, DESK, [case], agencies=["csw", "shakyo-chiiki"])
    activity = {"kind": "liaison-meeting", "held_on": today(), "quantity": 3}
    await world.post("/intake/api/activities", "csw", activity)
    await world.settle()
    row = await _row(world)
    assert row["value"] == 4
    assert "1回ずつ足します" in row["counted_how"]


async def test_without_the_council_it_does_not_count(world: World) -> None:
    case = await open_case(world, LEAD, desk="kodomo-katei")
    await met(world, "kodomo-katei", [case], agencies=[LEAD, COORDINATOR])
    await world.settle()
    assert (await _row(world))["value"] == 0


async def test_a_record_that_was_taken_back_counts_no_more(world: World) -> None:
    held = await met(world, DESK, [await open_case(world, LEAD)])
    await world.settle()
    assert (await _row(world))["value"] == 1
    path = f"/referral/api/conferences/{held['id']}/cancellation"
    await world.post(path, DESK, {"reason": "二重に書いた"})
    await world.settle()
    assert (await _row(world))["value"] == 0


async def test_told_twice_it_counts_once_in_the_year_of_its_day(
    quiet_world: World, plan: Plan
) -> None:
    told = Event.of(
        _held("csw", "houkatsu"),
        subject=UUID(int=7),
        time=datetime(2026, 4, 2, tzinfo=UTC),
        cause=Cause("test", "test"),
    )
    engine = make_engine(
        quiet_world.settings.database_url("metrics"), pool_size=1, options=AS_SERVICE
    )
    for batch in ([told, told], [told]):
        async with engine.begin() as connection:
            await count_events(connection, batch, Counter(plan))
    await engine.dispose()
    assert (await _row(quiet_world, 2025))["value"] == 1
    assert (await _row(quiet_world, 2026))["value"] == 0


@seed(2)
@settings(max_examples=200, deadline=None, database=None)
@given(
    agencies=st.lists(
        st.sampled_from([DESK, "csw", "shakyo-kenri", LEAD, COORDINATOR, "hello-work"]),
        min_size=2,
        unique=True,
    ),
    cancelled=st.booleans(),
)
async def test_it_counts_once_for_the_council_and_never_otherwise(
    plan: Plan, agencies: list[str], cancelled: bool
) -> None:
    fact = fold_conference(None, UUID(int=1), _held(*agencies))
    if cancelled:
        fact = fold_conference(fact, UUID(int=1), ConferenceCancelledV1(convener=agencies[0]))
        fact = fold_conference(fact, UUID(int=1), _held(*agencies))
    assert fact is not None
    found = list(Counter(plan).of_conference(fact))
    council = [one for one in agencies if plan.agencies[one].kind == "council"]
    assert [one.indicator for one in found] == [_ROW] * (bool(council) and not cancelled)
    assert all((one.quantity, one.day, one.desk in council) == (1, _DAY, True) for one in found)
