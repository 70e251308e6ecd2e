"""Figures, years, breakdowns and freshness as people read them."""

from decimal import Decimal

from services.metrics.domain.published import Freshness
from services.metrics.domain.series import LEFT_OUT, By
from services.metrics.domain.values import Value
from services.metrics.feed.words import japanese_period
from shared.japanese_time import written
from shared.plan import Plan
from shared.plan.model import IndicatorRow

BY: dict[By, str] = {"month": "月", "district": "地区", "age_band": "年代", "desk": "窓口"}
_STREAMS = {"intake": "相談・活動・報告値の記録", "referral": "つなぎの記録"}
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


def key_in_words(plan: Plan, by: By, key: str | None) -> str:
    """What a cell of a breakdown is about."""
    if key is None:
        return f"{BY[by]}の記録がない分"
    if key == LEFT_OUT:
        return "内訳に出さない相談"
    if by == "month":
        return japanese_period(key)
    return plan.agency_name(key) if by == "desk" else plan.label(by, key)


def freshness_in_words(fresh: Freshness) -> str:
    """As of which event: of which log, its number, when it happened."""
    name = next((words for key, words in _STREAMS.items() if key in fresh.stream), fresh.stream)
    when = "" if fresh.happened_at is None else f"（{written(fresh.happened_at)}）"
    return f"{name} {fresh.position:,}番{when}まで"
