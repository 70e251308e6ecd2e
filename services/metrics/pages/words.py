"""Figures, years and breakdowns as people read them."""

from decimal import Decimal

from services.metrics.domain.series import LEFT_OUT, By
from services.metrics.domain.values import Value
from shared.plan import Plan
from shared.plan.model import IndicatorRow

BY: dict[By, str] = {"month": "月", "district": "地区", "age_band": "年代", "desk": "窓口"}
RECORDS = {
    "consultation": "相談",
    "leg": "つなぎ",
    "activity": "活動",
    "conference": "会議",
    "figure": "報告値",
}


def in_words(row: IndicatorRow, value: Value) -> str:
    """The value as the plan would write it: 1,006件, 1.34%, 検討."""
    if row.kind == "milestone":
        return value.state or "-"
    if value.value is None:
        return "-"
    step = Decimal(1).scaleb(-row.decimals)
    shown = value.value.quantize(step) if row.decimals else value.value.to_integral_value()
    return f"{shown:,}{row.unit}"


def japanese_year(year: int) -> str:
    """A fiscal year as the plan names it."""
    return f"令和{year - 2018}（{year}）年度" if year >= 2019 else f"{year}年度"


def month_in_words(key: str) -> str:
    """A month as people read it: 2026年4月."""
    return f"{key[:4]}年{int(key[5:])}月"


def key_in_words(plan: Plan, by: By, key: str | None) -> str:
    """What a cell of a breakdown is about."""
    if key is None:
        return f"{BY[by]}の記録がない分"
    if key == LEFT_OUT:
        return "内訳に出さない相談"
    if by == "month":
        return month_in_words(key)
    return plan.agency_name(key) if by == "desk" else plan.label(by, key)
