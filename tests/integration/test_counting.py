"""Whatever order the two logs are read in, the indicators are the same, and they are right."""

import asyncio
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.metrics.domain.contributions import Counter
from services.metrics.usecases.count_events import count_events
from services.metrics.usecases.show_indicators import show_indicators
from shared.database import AS_SERVICE, make_engine
from shared.messaging.event import Event
from shared.plan import Plan
from tests.integration.histories import Consultation, consultations

_COUNCIL = {"csw", "shakyo-chiiki", "shakyo-sogo", "shakyo-volunteer"}
_HARDSHIP = {"debt", "no-food"}
_GROUPS = {"welfare-group", "residents-association"}
_GOOD = {"resolved", "employed", "watching"}


def _accepted(one: Consultation, receiver: str) -> bool:
    fates = {"accepted", "closed", "reopened"}
    return any(to == receiver and fate in fates for to, fate, _ in one.legs)


def _closed(one: Consultation, outcomes: set[str], receivers: set[str]) -> int:
    return sum(
        to in receivers and fate == "closed" and outcome in outcomes
        for to, fate, outcome in one.legs
    )


def _expected(told: Sequence[Consultation]) -> dict[str, int]:
    """The same indicators, counted by hand."""
    standing = [one for one in told if not one.cancelled]
    hardship = [one for one in standing if _HARDSHIP & set(one.facts["topics"])]
    return {
        "welfare-consultations": sum(one.facts["desk"] == "chiiki-kyosei" for one in standing),
        "group-consultations": sum(
            one.facts["desk"] in _COUNCIL and one.facts["caller"] in _GROUPS for one in standing
        ),
        "csw-consultations": sum(
            one.facts["desk"] == "csw" or _accepted(one, "csw") for one in standing
        ),
        "hardship-consultations": sum(one.facts["desk"] in _COUNCIL for one in hardship),
        "hardship-support": sum(
            (one.facts["desk"] in _COUNCIL and one.facts["response"] == "aid")
            or _closed(one, _GOOD, _COUNCIL) > 0
            for one in hardship
        ),
        "new-workers": sum(
            _closed(one, {"employed"}, {"seikatsu-engo", "shogai-shuro"}) for one in told
        ),
    }


def _as_read(told: Sequence[Consultation], random: Random) -> list[list[Event]]:
    """Both logs in their own order, read in turns of random length, in random batches."""
    logs = [
        [event for one in told for event in one.intake],
        [event for one in told for event in one.referral],
    ]
    batches = []
    while any(logs):
        log = random.choice([log for log in logs if log])
        size = random.randint(1, len(log))
        batches.append(log[:size])
        del log[:size]
    return batches


async def _count(address: str, plan: Plan, batches: list[list[Event]]) -> dict[str, Decimal | None]:
    engine = make_engine(address, pool_size=1, options=AS_SERVICE)
    async with engine.connect() as connection:
        for batch in batches:
            await count_events(connection, batch, Counter(plan))
        shown = await show_indicators(connection, plan, 2026, date(2027, 3, 31))
        await connection.rollback()
    await engine.dispose()
    return {one.row.id: one.value.value for one in shown}


def _check(environment: dict[str, str], plan: Plan, told: list[Consultation], seed: int) -> None:
    batches = _as_read(told, Random(seed))
    found = asyncio.run(_count(environment["METRICS_DATABASE_URL"], plan, batches))
    expected = _expected(told)
    assert {name: found[name] for name in expected} == expected


def _check_all(environment: dict[str, str], plan: Plan, chosen: settings) -> None:
    @chosen
    @given(told=st.lists(consultations(), min_size=1, max_size=5), seed=st.integers(0, 2**32))
    def any_history(told: list[Consultation], seed: int) -> None:
        _check(environment, plan, told, seed)

    any_history()


def test_any_order_of_reading_counts_the_same(environment: dict[str, str], plan: Plan) -> None:
    chosen = settings(max_examples=60, deadline=None, derandomize=True, database=None)
    _check_all(environment, plan, chosen)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_any_order_of_reading_counts_the_same_for_long(
    environment: dict[str, str], plan: Plan
) -> None:
    _check_all(environment, plan, settings(max_examples=3_000, deadline=None, database=None))
