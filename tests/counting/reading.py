"""A history read as the worker reads it, and every figure of it compared with the recount."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from types import MappingProxyType

import psycopg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.usecases.show_indicators import show_indicators
from services.metrics.usecases.show_series import show_series
from shared.database import AS_SERVICE
from shared.messaging.apply import Entry
from shared.messaging.event import Event
from shared.plan import Plan
from tests.counting.history import City
from tests.counting.recount import CONSULTATIONS, Figure, marks, recount
from tests.counting.standing import stand, year_of

_TODAY = date(2029, 4, 1)
_YEARS = range(2023, 2029)


def empty(environment: dict[str, str]) -> None:
    """Nothing read, nothing counted, no rule kept."""
    tables = "inbox, stream_cursor, dead_letter, consultation_fact, leg_fact, activity_fact"
    with psycopg.connect(
        environment["METRICS_OWNER_DATABASE_URL"], options=AS_SERVICE
    ) as connection:
        connection.execute(
            f"TRUNCATE {tables}, figure_fact, conference_fact, contribution, counting_rule"
        )


def deliveries(log: Sequence[Event], random: Random) -> list[list[Entry]]:
    """The log in batches; some events stand in it twice, some batches come again."""
    told = [event for event in log for _ in range(1 if random.random() < 0.9 else 2)]
    entries = [Entry(place, event.to_json()) for place, event in enumerate(told, start=1)]
    batches = []
    while entries:
        size = random.randint(1, 12)
        batches.append(entries[:size])
        del entries[:size]
        if random.random() < 0.2:
            batches.append(random.choice(batches))
    return batches


def next_versions(plan: Plan, random: Random) -> Plan:
    """Some of the rules under new numbers."""
    changed = {
        name: plan.rules[name].model_copy(update={"version": plan.rules[name].version + 1})
        for name in random.sample(list(plan.rules), 5)
    }
    return replace(plan, rules=MappingProxyType({**plan.rules, **changed}))


async def _figures(connection: AsyncConnection, plan: Plan, year: int) -> dict[str, Figure]:
    shown = await show_indicators(connection, plan, year, _TODAY)
    assert len(shown) == 40
    found = {}
    for one in shown:
        value = one.value
        figure = Figure(value.value, value.numerator, value.denominator, value.state)
        assert found.setdefault(one.row.id, figure) == figure  # a row shown twice is the same
    return found


async def compare(connection: AsyncConnection, plan: Plan, city: City, random: Random) -> None:
    """Every indicator of every year, and some of their series, equal a recount by hand."""
    standing = stand([*city.intake, *city.referral])
    counted = marks(standing)
    for year in _YEARS:
        expected = recount(standing, year)
        assert await _figures(connection, plan, year) == expected, year
        for indicator in random.sample(CONSULTATIONS, 2):
            if expected[indicator].value is None:
                continue
            mine = [mark for mark in counted[indicator] if year_of(mark.day) == year]
            for by in ("month", "district", "age_band", "desk"):
                series = await show_series(connection, plan, indicator, year, by, _TODAY)
                cells = {cell.key: cell.value.value for cell in series.cells if cell.value.value}
                keys = [
                    f"{mark.day:%Y-%m}" if by == "month" else getattr(mark, by) or "left-out"
                    for mark in mine
                ]
                assert cells == {key: Decimal(keys.count(key)) for key in keys}, (indicator, by)
