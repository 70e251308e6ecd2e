"""Make a release's document from figures that went through disclosure control."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from services.metrics.domain.counted_years import Since, beside, is_newer_than_the_plan
from services.metrics.domain.disclosure.hiding import Figures, Hidden
from services.metrics.domain.disclosure.series import Series
from services.metrics.domain.explaining import counted_how
from services.metrics.domain.flow import FlowCounts
from services.metrics.domain.flow_cells import cell_of, flow_cells
from services.metrics.domain.notes import notes_beside
from services.metrics.domain.periods import Period
from services.metrics.domain.progress import progress_of
from services.metrics.domain.published import (
    Breakdown,
    Dimension,
    FlowLine,
    KeyedCell,
    Mark,
    PathProgress,
    PlanLine,
    Published,
    Status,
    UnmetLine,
    YearCell,
)
from services.metrics.domain.reasons import reason_of
from services.metrics.domain.revisions import against
from services.metrics.domain.values import Value
from shared.plan import Plan
from shared.plan.counting import CountingRule
from shared.plan.model import Disclosure, IndicatorRow

#: Kinds of indicators that count people; everything else is not protected.
PROTECTED = frozenset({"consultation", "outcome"})
#: Keys of breakdowns that stand for "not known", and are shown as such, without a figure.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Head:
    """What the release is, beside its figures."""

    number: int
    period: Period
    status: Status
    reason: str | None
    made_at: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Material:
    """The figures: unprotected values and months as they are, all else as it may be said."""

    values: Mapping[str, Value]
    months: Mapping[str, Mapping[str, Decimal]]
    series: Mapping[str, Series]
    flow: Mapping[tuple[str, str], tuple[FlowCounts, Figures]]
    unmet: Mapping[str, Hidden]


@dataclass(frozen=True, slots=True)
class Past:
    """What was published before: earlier years' cells by indicator, and the same period's last.

    `since`: from when on each version counts as it does that counted one of these years.
    """

    years: Mapping[str, Sequence[YearCell]]
    same_period: Published | None
    since: Since


def canonical(document: Published) -> tuple[str, str]:
    """The document as canonical JSON (sorted keys, no spaces, UTF-8), and its SHA-256 in hex."""
    said = document.model_dump(mode="json")
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text, hashlib.sha256(text.encode()).hexdigest()


def compose(
    plan: Plan, rules: Mapping[str, CountingRule], head: Head, material: Material, past: Past
) -> Published:
    """The document. Everything in it is made of what may be said; nothing exact goes in."""
    period, control = head.period, plan.disclosure
    lines = tuple(
        _line(plan, rules[row.id], row, head, material, past.years.get(row.id, ()))
        for row in plan.indicators
    )
    document = Published(
        city=plan.city,
        number=head.number,
        previous=head.number - 1 or None,
        period=period.name,
        fiscal_year=period.fiscal_year,
        until=period.until(head.today),
        finished=period.over(head.today),
        status=head.status,
        reason=head.reason,
        made_at=head.made_at,
        threshold=control.threshold,
        rounding_base=control.rounding_base,
        lines=lines,
        breakdowns=tuple(_breakdowns(plan, material)),
        flow=tuple(
            FlowLine(agency=agency, month=month, cells=flow_cells(line, figures, control))
            for (agency, month), (line, figures) in material.flow.items()
        ),
        unmet=tuple(
            UnmetLine(topic=topic, cell=cell_of(figure, control))
            for topic, figure in material.unmet.items()
        ),
        # Between two releases, positions in the logs would count the events behind an x.
        fresh=(),
        notes=notes_beside(plan, lines, period.until(head.today), past.since),
    )
    return document if past.same_period is None else against(document, past.same_period)


def _line(
    plan: Plan,
    rule: CountingRule,
    row: IndicatorRow,
    head: Head,
    material: Material,
    earlier: Sequence[YearCell],
) -> PlanLine:
    year = head.period.fiscal_year
    series = material.series.get(row.id)
    value = material.values[row.id]
    if series is not None:
        said = cell_of(series.total, plan.disclosure)
        value = Value(said.value, as_of=value.as_of)
    mark: Mark = "" if value.known else "-"
    if series is not None and value.value is None:
        mark = "x"
    progress = progress_of(
        row, value, year, plan.first_year, plan.target_year, head.period.until(head.today)
    )
    reason = reason_of(
        row,
        progress,
        known=mark != "-",
        masked=mark == "x",
        newer=is_newer_than_the_plan(rule.since, plan.baseline_year),
    )
    own = YearCell(
        value=value.value,
        mark=mark,
        fiscal_year=year,
        release=head.number,
        status=head.status,
        numerator=value.numerator,
        denominator=value.denominator,
        state=value.state,
        as_of=value.as_of,
        definition_version=rule.version,
    )
    return PlanLine(
        row=row.row,
        id=row.id,
        name=row.name,
        goal=row.goal,
        direction=row.direction,
        owner=row.owner,
        kind=row.kind,
        unit=row.unit,
        decimals=row.decimals,
        sense=row.sense,
        protected=row.kind in PROTECTED,
        baseline=row.baseline,
        baseline_value=row.baseline_value,
        target=row.target,
        target_value=row.target_value,
        years=(*(beside(cell, rule.version) for cell in earlier), own),
        progress=PathProgress(
            ratio=progress.ratio,
            expected=progress.expected,
            verdict=progress.verdict,
            reason=reason,
        ),
        definition_version=rule.version,
        counted_how=counted_how(rule, plan).in_one,
    )


def _breakdowns(plan: Plan, material: Material) -> Iterator[Breakdown]:
    control = plan.disclosure
    for row in plan.indicators:
        if row.same_as is not None:
            continue
        series = material.series.get(row.id)
        if series is None:
            months = material.months.get(row.id)
            if months is not None:
                cells = tuple(KeyedCell(key=key, value=value) for key, value in months.items())
                yield Breakdown(indicator=row.id, by="month", cells=cells)
            continue
        yield _breakdown(row.id, "month", series.months, control)
        for part, figures in series.parts.items():
            broken = _breakdown(row.id, part, figures, control)
            unknown = KeyedCell(key=UNKNOWN, mark="…")
            yield broken.model_copy(update={"cells": (*broken.cells, unknown)})


def _breakdown(indicator: str, by: Dimension, figures: Figures, control: Disclosure) -> Breakdown:
    cells = tuple(
        KeyedCell(key=key, value=said.value, mark=said.mark)
        for key, figure in figures.items()
        for said in (cell_of(figure, control),)
    )
    return Breakdown(indicator=indicator, by=by, cells=cells)
