"""Quarters of a fiscal year, from its months."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.metrics.domain.series import Cell
from services.metrics.domain.values import Counted, Reported, Value, value_of
from shared.japanese_time import last_day_of
from shared.plan.counting import STANDING, CountingRule, RatioSum


@dataclass(frozen=True, slots=True)
class Quarter:
    """The first is April to June."""

    number: int
    value: Value


def quarters_of(
    rule: CountingRule, months: Sequence[Cell], year: int, decimals: int
) -> list[Quarter]:
    """Four quarters of twelve months: what adds up is added, what stands is the last known.

    A share is worked out anew from its numerators and denominators.
    """
    return [
        Quarter(
            place + 1, _of(rule, [one.value for one in months[place * 3 :][:3]], year, decimals)
        )
        for place in range(4)
    ]


def _of(rule: CountingRule, months: Sequence[Value], year: int, decimals: int) -> Value:
    if isinstance(rule, STANDING):
        known = [one for one in months if one.value is not None or one.state is not None]
        return known[-1] if known else Value()
    if isinstance(rule, RatioSum):
        told = [
            Reported(None, one.as_of or last_day_of(year), None, one.numerator, one.denominator)
            for one in months
            if one.denominator is not None
        ]
        counted = Counted(year_reports=told)
        return value_of(rule, counted, year, decimals, last_day_of(year))
    known = [one for one in months if one.value is not None]
    total = sum((one.value for one in known if one.value is not None), Decimal(0))
    return Value(total) if known else Value()
