"""A reported figure 報告値: a register's value, a ratio's parts, or a milestone's state."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from services.intake.domain.activity import day_faults
from services.intake.domain.reported import reported_form
from shared.errors import FieldFault
from shared.japanese_time import fiscal_year_of
from shared.plan import Plan

MOST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class FigureFacts:
    """One figure of one indicator (or of a part of it) on one day."""

    indicator: str
    part: str | None
    as_of: date
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    state: str | None

    @property
    def fiscal_year(self) -> int:
        """The fiscal year (April to March) of the day it holds for."""
        return fiscal_year_of(self.as_of)


def figure_faults(facts: FigureFacts, plan: Plan, now: datetime) -> Iterator[FieldFault]:
    """Every reason why this figure cannot be taken, each naming its field."""
    form = reported_form(plan, facts.indicator)
    row = next((row for row in plan.indicators if row.id == facts.indicator), None)
    if form is None or row is None:
        if row is not None:
            detail = "この指標は記録から数えます。報告値は受け付けていません。"
            yield FieldFault(("indicator",), "not-reported", detail)
        else:
            yield FieldFault(("indicator",), "unknown-indicator", "計画にない指標です。")
        return
    yield from day_faults("as_of", facts.as_of, now)
    if facts.part is None and form.parts:
        yield FieldFault(("part",), "missing", "どの内訳の値かを選んでください。")
    elif facts.part is not None and facts.part not in form.parts:
        yield FieldFault(("part",), "unknown-part", "この指標にない内訳です。")
    yield from _shape_faults(facts, form.shape)
    yield from _piece_faults(facts)
    if facts.value is not None and facts.value != round(facts.value, row.decimals):
        places = f"小数は{row.decimals}桁までです。" if row.decimals else "整数で書いてください。"
        yield FieldFault(("value",), "too-fine", f"この指標は{row.unit}で数えます。{places}")
    if form.shape == "state" and facts.state is not None and facts.state not in form.states:
        scale = "・".join(form.states)
        yield FieldFault(("state",), "unknown-state", f"状態は {scale} のどれかです。")
    if form.shape == "ratio" and not form.may_exceed_one and _exceeds(facts):
        yield FieldFault(("numerator",), "above-denominator", "分子が分母より大きくなっています。")


def _shape_faults(facts: FigureFacts, shape: str) -> Iterator[FieldFault]:
    wanted = {"value": ("value",), "ratio": ("numerator", "denominator"), "state": ("state",)}[
        shape
    ]
    for name in ("value", "numerator", "denominator", "state"):
        given = getattr(facts, name)
        if name in wanted and given is None:
            yield FieldFault((name,), "missing", "値を書いてください。")
        elif name not in wanted and given is not None:
            yield FieldFault((name,), "wrong-kind", "この指標では使わない欄です。")
        elif isinstance(given, Decimal) and not 0 <= given <= MOST:
            yield FieldFault((name,), "out-of-range", "0以上の数で書いてください。")
    if shape == "ratio" and facts.denominator == 0:
        yield FieldFault(("denominator",), "zero", "分母は0より大きい数で書いてください。")


def _piece_faults(facts: FigureFacts) -> Iterator[FieldFault]:
    """The plan's rates are of people and of answers: there is no half of one."""
    for name in ("numerator", "denominator"):
        given = getattr(facts, name)
        if given is not None and given != round(given):
            detail = "人や回答の数です。整数で書いてください。"
            yield FieldFault((name,), "too-fine", detail)


def _exceeds(facts: FigureFacts) -> bool:
    return (
        facts.numerator is not None
        and facts.denominator is not None
        and facts.numerator > facts.denominator
    )
