"""Releases made by hand: figures, zeros, masked and revised cells, in every table."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_args
from uuid import UUID

from services.metrics.domain.notes import notes_until
from services.metrics.domain.published import (
    Breakdown,
    Cell,
    FlowLine,
    Freshness,
    KeyedCell,
    Measure,
    PathProgress,
    PlanLine,
    Published,
    UnmetLine,
    YearCell,
)
from services.metrics.domain.releasing import canonical
from services.metrics.storage import releases
from services.metrics.storage.releases import StoredRelease
from shared.database import AS_SERVICE, make_engine
from shared.plan import Plan
from shared.plan.model import IndicatorRow
from shared.settings import Settings

MADE = datetime(2026, 11, 2, 0, 30, 15, 250_000, tzinfo=UTC)
#: What releases said once, and no page or file repeats.
COUNTED = Freshness(
    stream="ev:{intake.0}",
    position=4_242_424,
    happened_at=datetime(2024, 2, 29, 0, 17, 42, tzinfo=UTC),
)
MADE_BY = UUID("01900000-0000-7000-8000-000000000001")
_MONTHS = ("2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10")
_PROTECTED = frozenset({"consultation", "outcome"})


def cell(number: int) -> dict[str, Any]:
    """Figures and symbols in turn; every fifth is masked, every seventh a counted zero."""
    if number % 5 == 4:
        return {"mark": "x", "revised": number % 2 == 0}
    value = Decimal(0) if number % 7 == 6 else Decimal(number * 5)
    return {"value": value, "revised": number % 11 == 3}


def _years(row: IndicatorRow, year: int, number: int) -> tuple[YearCell, ...]:
    place = {"fiscal_year": year, "release": number, "status": "provisional"}
    former = {"fiscal_year": year - 1, "release": 1, "status": "final"}
    if row.kind == "milestone":
        state = {"state": "検討", "as_of": date(year, 4, 1)}
        return (
            YearCell.model_validate(former | {"mark": "…"}),
            YearCell.model_validate(place | state),
        )
    if row.kind == "ratio":
        step = Decimal(1).scaleb(-row.decimals)
        parts = {"numerator": 13400 + row.row, "denominator": 1_000_000, "as_of": f"{year}-10-01"}
        value = {"value": Decimal("1.34") + step * row.row}
        return (
            YearCell.model_validate(former | {"mark": "-"}),
            YearCell.model_validate(place | value | parts),
        )
    return (
        YearCell.model_validate(former | {"value": 10_004_000 + row.row}),
        YearCell.model_validate(place | cell(row.row)),
    )


def line_of(row: IndicatorRow, plan: Plan, year: int, number: int) -> PlanLine:
    """A row of the plan with two years of figures."""
    rule = plan.rules[row.id]
    years = _years(row, year, number)
    judged = years[-1].value is not None
    return PlanLine(
        **{
            name: getattr(row, name)
            for name in PlanLine.model_fields
            if hasattr(row, name) and name != "years"
        },
        protected=row.kind in _PROTECTED,
        years=years,
        progress=PathProgress(
            ratio=Decimal("0.125") * row.row - 1 if judged else None,
            expected=Decimal("0.333") if judged else None,
            verdict="behind" if judged else "not-judged",
            reason="今の進み方では届きません。" if judged else "値がないため評価しません。",
        ),
        definition_version=rule.version,
        counted_how=rule.explained,
    )


def sample(plan: Plan, **changes: Any) -> Published:
    """A month's release, 速報, with something in every table."""
    year, number = 2026, 2
    protected = [row for row in plan.indicators if row.kind in _PROTECTED and row.same_as is None]
    keys = {
        "month": _MONTHS,
        "district": tuple(plan.codes["district"]),
        "age_band": tuple(plan.codes["age_band"]),
    }
    given: dict[str, Any] = {
        "city": plan.city,
        "number": number,
        "previous": 1,
        "period": "2026-10",
        "fiscal_year": year,
        "until": date(2026, 10, 31),
        "finished": True,
        "status": "provisional",
        "reason": None,
        "made_at": MADE,
        "threshold": plan.disclosure.threshold,
        "rounding_base": plan.disclosure.rounding_base,
        "lines": tuple(line_of(row, plan, year, number) for row in plan.indicators),
        "breakdowns": tuple(
            Breakdown(
                indicator=row.id,
                by=by,  # type: ignore[arg-type] # a key of the dict above
                cells=tuple(
                    KeyedCell(key=key, **cell(row.row + place)) for place, key in enumerate(found)
                ),
            )
            for row in protected
            for by, found in keys.items()
        ),
        "flow": tuple(
            FlowLine(
                agency=agency,
                month=month,
                cells={
                    measure: Cell(value=Decimal(75))
                    if measure == "confirmed-share"
                    else Cell(**cell(place + offset))
                    for offset, measure in enumerate(get_args(Measure))
                },
            )
            for place, agency in enumerate(list(plan.agencies)[:3])
            for month in _MONTHS[:2]
        ),
        "unmet": tuple(
            UnmetLine(topic=topic, cell=Cell(**cell(place)))
            for place, topic in enumerate(list(plan.topics)[:9])
        ),
        "fresh": (),
        "notes": notes_until(plan, changes.get("until", date(2026, 10, 31))),
    }
    return Published.model_validate(given | changes)


def as_stored(document: Published) -> StoredRelease:
    """The release as the database would give it back."""
    text, digest = canonical(document)
    again = Published.model_validate_json(text)
    return StoredRelease(document.number, digest, document.made_at, again)


async def publish(settings: Settings, *documents: Published) -> list[StoredRelease]:
    """Store these releases in turn, as the runtime role would."""
    engine = make_engine(settings.database_url("metrics"), pool_size=1, options=AS_SERVICE)
    async with engine.begin() as connection:
        for document in documents:
            text, digest = canonical(document)
            await releases.store(
                connection,
                document,
                canonical=text,
                digest=digest,
                made_by=MADE_BY,
                figures="{}",
            )
    await engine.dispose()
    return [as_stored(document) for document in documents]


def first(plan: Plan) -> Published:
    """The release before `sample`: the fiscal year 2025, 確定. It still says how far it counted."""
    document = sample(
        plan,
        number=1,
        previous=None,
        period="2025",
        fiscal_year=2025,
        until=date(2026, 3, 31),
        status="final",
        made_at=datetime(2026, 5, 20, 1, 0, tzinfo=UTC),
        breakdowns=(),
        flow=(),
        unmet=(),
        fresh=(COUNTED,),
    )
    lines = tuple(
        line.model_copy(update={"years": (line.years[0].model_copy(update={"status": "final"}),)})
        for line in document.lines
    )
    return document.model_copy(update={"lines": lines})
